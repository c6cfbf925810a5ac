using Connect.Grains.Messaging;
using Connect.Silo.Gateways.Kannel;
using Connect.Silo.Health;
using Microsoft.Extensions.Options;

namespace Connect.Silo.Gateways;

/// <summary>Puts the gateway that is configured into a host.</summary>
internal static class GatewayHosting
{
    /// <summary>What every process needs to know of the gateway, a client for its callbacks: its settings, validated when the host starts.</summary>
    public static IServiceCollection AddGatewaySettings(this IServiceCollection services, GatewayKind gateway, IConfiguration configuration)
    {
        if (gateway != GatewayKind.Kannel)
            return services;
        services.Configure<MessagingOptions>(configuration.GetSection("Messaging"));
        services.AddOptions<KannelOptions>().Bind(configuration.GetSection("Kannel")).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<KannelOptions>, KannelOptionsValidator>();
    }

    /// <summary>The gateway itself, for a silo, with its health. The sandbox's is added with the sandbox.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayKind gateway)
    {
        switch (gateway)
        {
            case GatewayKind.None:
                services.AddSingleton<ISmsGateway, NoGateway>();
                break;
            case GatewayKind.Kannel:
                services.AddSingleton<KannelState>();
                services.AddSingleton<ISmsGateway>(provider => new KannelGateway(
                    provider.GetRequiredService<IOptions<KannelOptions>>(), provider.GetRequiredService<KannelState>(), provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<KannelGateway>>()));
                services.AddHealthChecks().AddCheck<KannelHealth>("gateway", tags: [CreditsHealth.Ready]);
                break;
        }

        return services;
    }
}
