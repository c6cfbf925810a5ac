using Connect.Grains.Accounts;
using Connect.Grains.Campaigns;
using Connect.Grains.Messaging;
using Connect.Grains.Operations;
using Connect.Grains.Purchases;
using Connect.Grains.Purchases.Stripe;
using Connect.Sandbox.Clock;
using Connect.Sandbox.Sms;
using Connect.Silo.Clock;
using Connect.Silo.Gateways;
using Connect.Silo.Health;
using Connect.Silo.Hosting;
using Connect.Silo.Storage;
using Connect.Silo.Storage.PostgreSql;
using Connect.Silo.Storage.Sqlite;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Reminders;
using Orleans.Serialization.Configuration;
using Orleans.Storage;

namespace Connect.Silo;

/// <summary>How a host takes part: as a silo that holds grains, or as a client of silos that run elsewhere.</summary>
public static class CreditsHosting
{
    /// <summary>The name of the grain storage: <c>[PersistentState("…", "grains")]</c>.</summary>
    public const string GrainStorage = "grains";

    /// <summary>
    /// Makes this host a silo. With <c>Credits:PostgreSql</c> it joins the cluster that shares that database; without, it is alone with an embedded database in
    /// <c>Credits:DataDirectory</c>. Throws with a sentence a person can act on when a setting is wrong.
    /// </summary>
    public static IHostApplicationBuilder AddCreditsSilo(this IHostApplicationBuilder builder)
    {
        var settings = Read(builder);
        builder.UseOrleans(silo =>
        {
            silo.AddCreditsStorage(builder.Configuration, builder.Environment.ContentRootPath);
            silo.Services.AddAccounts(builder.Configuration).AddPurchases(builder.Configuration).AddCampaigns(builder.Configuration).AddOperations(builder.Configuration);
            AddSms(silo.Services, settings);
            silo.Services.AddGatewaySettings(settings.Gateway, builder.Configuration).AddGateway(settings.Gateway);
            silo.Services.BoundGateway();
            if (settings.Sandbox)
                silo.Services.PostConfigure<StripeOptions>(stripe => stripe.ApiKey ??= SandboxStripeKey);
            Place(silo, settings);
        });
        builder.Services.AddHealthChecks()
            .AddCheck<StorageHealth>("storage", tags: [CreditsHealth.Ready])
            .AddCheck<SiloHealth>("silo", tags: [CreditsHealth.Ready]);
        return builder;
    }

    /// <summary>Makes this host a client of the silos that share <c>Credits:PostgreSql</c>. Starting waits until one of them answers.</summary>
    public static IHostApplicationBuilder AddCreditsClient(this IHostApplicationBuilder builder)
    {
        var settings = Read(builder);
        if (settings.PostgreSql is null)
            throw new InvalidOperationException("Silos are found in PostgreSQL: set Credits:PostgreSql to the database that they share.");
        AddDatabase(builder.Services, settings);
        AddSms(builder.Services, settings);
        builder.Services.AddGatewaySettings(settings.Gateway, builder.Configuration);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => Name(cluster, settings));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ClientResponseTimeout);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(3));
            client.UseAdoNetClustering(clustering => clustering.Invariant = "Npgsql");
            client.Services.AddOptions<AdoNetClusteringClientOptions>()
                .Configure<CreditsDatabase>((clustering, database) => clustering.DataSource = database.DataSource);
            client.UseConnectionRetryFilter<WaitForSilo>();
        });
        builder.Services.AddHealthChecks().AddCheck<StorageHealth>("storage", tags: [CreditsHealth.Ready]);
        return builder;
    }

    /// <summary>The storage part of <see cref="AddCreditsSilo"/> alone, for a silo whose place in a cluster is set elsewhere, such as a test's.</summary>
    public static ISiloBuilder AddCreditsStorage(this ISiloBuilder silo, IConfiguration configuration, string contentRoot)
    {
        var settings = new CreditsSettings(configuration, contentRoot);
        AddDatabase(silo.Services, settings);
        silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = CreditsSettings.ServiceId);
        silo.UseSystemTextJsonGrainStorageSerializer();
        silo.AddAdoNetGrainStorage(GrainRows, options => options
            .Configure<CreditsDatabase>((storage, database) => (storage.Invariant, storage.DataSource) = (database.Invariant, database.DataSource)));
        silo.Services.AddKeyedSingleton<IGrainStorage>(GrainStorage, (services, _) => new ExactKeyStorage(services.GetRequiredKeyedService<IGrainStorage>(GrainRows)));
        silo.UseAdoNetReminderService(options => options
            .Configure<CreditsDatabase>((reminders, database) => (reminders.Invariant, reminders.DataSource) = (database.Invariant, database.DataSource)));
        silo.Services.AddSingleton(services => services.GetRequiredService<CreditsDatabase>().Ledger);
        silo.Services.AddSingleton(services => services.GetRequiredService<CreditsDatabase>().OptOuts);
        return silo;
    }

    private const string GrainRows = "grain-rows";

    // What the Stripe sandbox takes for a key. A silo on its own is told where the sandbox is by Stripe:ApiBase.
    private const string SandboxStripeKey = "sk_test_sandbox";

    /// <summary>Longest that a call of a grain may take: above the storage's own limit, so that an answer of the storage still comes through.</summary>
    private static TimeSpan ResponseTimeout => TimeSpan.FromSeconds(25);

    /// <summary>
    /// The same for a client. It is not told when the silo that works on its call is killed, so this is how long such a call waits before it can be repeated:
    /// just above the storage's limit.
    /// </summary>
    private static TimeSpan ClientResponseTimeout => TimeSpan.FromSeconds(12);

    private static CreditsSettings Read(IHostApplicationBuilder builder) => new(builder.Configuration, builder.Environment.ContentRootPath);

    private static void Name(ClusterOptions cluster, CreditsSettings settings) =>
        (cluster.ServiceId, cluster.ClusterId) = (CreditsSettings.ServiceId, settings.ClusterId);

    private static void Place(ISiloBuilder silo, CreditsSettings settings)
    {
        silo.Configure<ClusterOptions>(cluster => Name(cluster, settings));
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        var siloPort = settings.SiloPort ?? FreePort.On(settings.Address);
        var gatewayPort = settings.GatewayPort ?? FreePort.On(settings.Address);
        if (settings.PostgreSql is null)
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: CreditsSettings.ServiceId, clusterId: settings.ClusterId);
            return;
        }

        silo.ConfigureEndpoints(settings.Address, siloPort, gatewayPort);
        silo.UseAdoNetClustering(clustering => clustering.Invariant = "Npgsql");
        silo.Services.AddOptions<AdoNetClusteringSiloOptions>()
            .Configure<CreditsDatabase>((clustering, database) => clustering.DataSource = database.DataSource);
        // A silo that was killed is out within a few seconds, not the default's fifteen; one that finds only the rows of dead silos starts within ten.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        });
    }

    private static void AddDatabase(IServiceCollection services, CreditsSettings settings)
    {
        services.AddSingleton<StorageHealth>();
        services.AddSingleton<CreditsDatabase>(_ =>
            settings.PostgreSql is { } connectionString ? new PostgreSqlDatabase(connectionString) : new SqliteDatabase(settings.DataDirectory));
        services.AddHostedService<StorageStartup>();
        if (settings.Sandbox)
            AddMovableClock(services, settings);
        else
            services.AddSingleton(TimeProvider.System);

        // Orleans' own housekeeping always runs in real time; what grains and reminders see is the program's time.
        services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
        services.AddKeyedSingleton(TimeProviderNames.Grains, (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.AddKeyedSingleton(ReminderTimeProviderNames.Reminders, (provider, _) => provider.GetRequiredService<TimeProvider>());
    }

    /// <summary>The SMS sandbox: the gateway of a silo unless another is configured; a client only looks into it. All processes share its folder.</summary>
    private static void AddSms(IServiceCollection services, CreditsSettings settings)
    {
        if (settings.Sandbox)
            services.AddSmsSandbox(Path.Combine(settings.DataDirectory, "sms"));
    }

    private static void AddMovableClock(IServiceCollection services, CreditsSettings settings)
    {
        // Made here: the container would give it the program's clock, which is itself.
        services.AddSingleton(_ => new MovableClock());
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<MovableClock>());
        services.AddSingleton<ProgramClock>();
        services.AddKeyedSingleton<IControllable>(ProgramClock.Name, (provider, _) => provider.GetRequiredService<ProgramClock>());
        services.Configure<TypeManifestOptions>(types => types.AddAllowedType(typeof(ProgramClock)));
        services.AddSingleton<ISandboxTime, SandboxTime>();
        if (settings.PostgreSql is not null)
            services.AddHostedService<ProgramClockFollower>();
    }
}
