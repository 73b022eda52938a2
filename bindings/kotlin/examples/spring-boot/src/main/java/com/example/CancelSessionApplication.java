package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.ClientOptions;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Spring Boot backend: the page requests a session when the customer clicks "cancel", and opens the cancel flow with
 * it. A page of the vendor's newer contract requests a handshake token instead.
 *
 * <pre>RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… java -jar target/cancel-session.jar</pre>
 */
@SpringBootApplication
public class CancelSessionApplication {
    public static void main(String[] args) {
        SpringApplication.run(CancelSessionApplication.class, args);
    }

    /**
     * Creates the client that all requests share. Spring closes it when the application stops. The timeout is short,
     * because a customer waits for each call. The environment variables {@code RENUMERATE_PRIVATE_KEY},
     * {@code RENUMERATE_PUBLIC_KEY} and {@code RENUMERATE_BASE_URL} set these properties.
     */
    @Bean
    BlockingClient renumerate(
            @Value("${renumerate.private-key:#{null}}") String privateKey,
            @Value("${renumerate.public-key:#{null}}") String publicKey,
            @Value("${renumerate.base-url:#{null}}") String baseUrl) {
        return new BlockingClient(ClientOptions.builder()
            .privateKey(privateKey)
            .publicKey(publicKey)
            .baseUrl(baseUrl)
            .timeout(Duration.ofSeconds(10))
            .build());
    }
}
