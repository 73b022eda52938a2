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

/** Responds to the page with the error code only, and logs the reason. */
@RestControllerAdvice
class RenumerateProblems {
    private static final Logger LOG = LoggerFactory.getLogger(RenumerateProblems.class);

    @ExceptionHandler
    ResponseEntity<Map<String, String>> noCustomer(NotFoundException error) {
        return ResponseEntity.status(HttpStatus.NOT_FOUND).body(Map.of("error", error.getCode()));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> noSession(RenumerateException error) {
        LOG.error("no session was minted: {}", error.getMessage()); // it holds neither the key nor a session id
        ResponseEntity.BodyBuilder answer =
            ResponseEntity.status(error.isRetryable() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_GATEWAY);
        if (error.isRetryable()) {
            answer.header(HttpHeaders.RETRY_AFTER, String.valueOf(secondsToWait(error)));
        }
        return answer.body(Map.of("error", error.getCode()));
    }

    private static long secondsToWait(RenumerateException error) {
        Duration asked = error.getRetryAfter();
        return asked == null ? 5 : asked.plusMillis(999).toSeconds();
    }
}
