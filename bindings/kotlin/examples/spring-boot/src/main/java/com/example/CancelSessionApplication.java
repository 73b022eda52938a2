package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.ClientOptions;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Spring Boot: the page asks for a session when its customer clicks "cancel", and shows the flow for it.
 *
 * <pre>RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… java -jar target/cancel-session.jar</pre>
 */
@SpringBootApplication
public class CancelSessionApplication {
    public static void main(String[] args) {
        SpringApplication.run(CancelSessionApplication.class, args);
    }

    /** One for the process; Spring closes it at the end. A customer waits for its calls. */
    @Bean
    BlockingClient renumerate() {
        return new BlockingClient(ClientOptions.builder().timeout(Duration.ofSeconds(10)).build());
    }
}
