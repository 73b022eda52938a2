package com.example;

import com.renumerate.NotFoundException;
import com.renumerate.RenumerateException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Logs each error, and responds to the page with its code only. */
@RestControllerAdvice
class RenumerateProblems {
    private static final Logger LOG = LoggerFactory.getLogger(RenumerateProblems.class);

    @ExceptionHandler
    ResponseEntity<Map<String, String>> respond(RenumerateException error) {
        // The message contains no key, session id or token.
        LOG.error("could not create a session or token: {}: {}", error.getCode(), error.getMessage());
        ResponseEntity.BodyBuilder response = ResponseEntity.status(statusOf(error));
        if (error.isRetryable()) {
            response.header(HttpHeaders.RETRY_AFTER, String.valueOf(secondsToWait(error)));
        }
        return response.body(Map.of("error", error.getCode()));
    }

    private static HttpStatus statusOf(RenumerateException error) {
        if (error instanceof NotFoundException) {
            return HttpStatus.NOT_FOUND;
        }
        return error.isRetryable() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_GATEWAY;
    }

    private static long secondsToWait(RenumerateException error) {
        Duration requested = error.getRetryAfter();
        return requested == null ? 5 : requested.plusMillis(999).toSeconds();
    }
}
