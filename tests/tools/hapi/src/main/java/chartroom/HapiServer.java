package chartroom;

import ca.uhn.fhir.batch2.api.IJobMaintenanceService;
import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.batch2.jobs.export.BulkDataExportProvider;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.MemoryBinaryStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.searchparam.config.NicknameServiceConfig;
import ca.uhn.fhir.jpa.searchparam.submit.config.SearchParamSubmitterConfig;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.io.File;
import java.nio.file.Files;
import java.util.Map;
import java.util.Properties;
import java.util.Timer;
import java.util.TimerTask;
import javax.sql.DataSource;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * HAPI FHIR's own JPA server, R4, on loopback, with nothing kept: search with paging,
 * Patient/$everything and $export as a hospital would meet them.
 *
 * <p>Prints one line "ready PORT" when it answers; ends with its standard input.
 */
public final class HapiServer {

    /** Twenty a page, so that a small chart already needs several. */
    private static final int PAGE = 20;

    /** HAPI looks after its batch jobs once a minute; tests do not wait that long. */
    private static final long JOBS_EVERY_MS = 1_000;

    private HapiServer() {}

    /** Starts on the port given, or on a free one. */
    public static void main(String[] arguments) throws Exception {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        var spring = new AnnotationConfigApplicationContext(Beans.class);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("hapi").toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(port);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", new File(".").getAbsolutePath());
        Tomcat.addServlet(context, "fhir", server(spring));
        context.addServletMappingDecoded("/fhir/*", "fhir");
        tomcat.start();
        hurryJobs(spring.getBean(IJobMaintenanceService.class));
        System.out.println("ready " + tomcat.getConnector().getLocalPort());
        while (System.in.read() >= 0) {
            // The test that started it closes standard input, also when it is killed.
        }
        System.exit(0);
    }

    private static RestfulServer server(AnnotationConfigApplicationContext spring) {
        var server = new RestfulServer(spring.getBean(FhirContext.class));
        IFhirSystemDao<?, ?> dao = spring.getBean("mySystemDaoR4", IFhirSystemDao.class);
        server.registerProviders(spring.getBean(ResourceProviderFactory.class).createProviders());
        server.registerProvider(spring.getBean(IJpaSystemProvider.class));
        server.registerProvider(spring.getBean(BulkDataExportProvider.class));
        server.setPagingProvider(spring.getBean(DatabaseBackedPagingProvider.class));
        server.setServerConformanceProvider(
                new JpaCapabilityStatementProvider(
                        server,
                        dao,
                        spring.getBean(JpaStorageSettings.class),
                        spring.getBean(ISearchParamRegistry.class),
                        spring.getBean(IValidationSupport.class)));
        return server;
    }

    private static void hurryJobs(IJobMaintenanceService jobs) {
        new Timer("jobs", true)
                .schedule(
                        new TimerTask() {
                            @Override
                            public void run() {
                                jobs.runMaintenancePass();
                            }
                        },
                        JOBS_EVERY_MS,
                        JOBS_EVERY_MS);
    }

    /** The beans that HAPI leaves to whoever runs it. */
    @Configuration
    @EnableTransactionManagement
    @Import({
        JpaR4Config.class,
        HapiJpaConfig.class,
        JpaBatch2Config.class,
        Batch2JobsConfig.class,
        NicknameServiceConfig.class,
        SubscriptionSubmitterConfig.class,
        SubscriptionChannelConfig.class,
        SearchParamSubmitterConfig.class,
        ThreadPoolFactoryConfig.class,
    })
    static class Beans {

        @Bean
        JpaStorageSettings storageSettings() {
            var settings = new JpaStorageSettings();
            settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
            settings.setEnforceReferentialIntegrityOnWrite(false);
            settings.setAllowExternalReferences(true);
            settings.setReuseCachedSearchResultsForMillis(null);
            return settings;
        }

        @Bean
        PartitionSettings partitionSettings() {
            return new PartitionSettings();
        }

        @Bean
        SubscriptionSettings subscriptionSettings() {
            return new SubscriptionSettings();
        }

        @Bean
        IBinaryStorageSvc binaryStorage() {
            return new MemoryBinaryStorageSvcImpl();
        }

        @Bean
        DataSource dataSource() {
            var source = new JdbcDataSource();
            source.setURL("jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1");
            var pool = JdbcConnectionPool.create(source);
            pool.setMaxConnections(20);
            return pool;
        }

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean entityManagerFactory(
                DataSource data,
                ConfigurableListableBeanFactory beans,
                FhirContext fhir,
                JpaStorageSettings settings) {
            var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
            factory.setPersistenceUnitName("fhir");
            factory.setDataSource(data);
            var properties = new Properties();
            properties.putAll(
                    Map.of(
                            "hibernate.hbm2ddl.auto", "create",
                            "hibernate.dialect", HapiFhirH2Dialect.class.getName(),
                            "hibernate.search.enabled", "false"));
            factory.setJpaProperties(properties);
            return factory;
        }

        @Bean
        @Primary
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }

        @Bean
        @Primary
        DatabaseBackedPagingProvider pagingProvider() {
            var paging = new DatabaseBackedPagingProvider();
            paging.setDefaultPageSize(PAGE);
            paging.setMaximumPageSize(20);
            return paging;
        }
    }
}
