using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Messaging;

/// <summary>Puts the bounds of the settings around the gateway.</summary>
public static class GatewayBounds
{
    /// <summary>
    /// Bounds the gateway that was registered before by <see cref="MessagingOptions.MaxPerSecond"/> and <see cref="MessagingOptions.MaxConcurrent"/>; without either it stays as it is.
    /// </summary>
    public static IServiceCollection BoundGateway(this IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(ISmsGateway)) is not { } registered)
            return services;
        services.Remove(registered);
        return services.AddSingleton(provider =>
        {
            var gateway = (ISmsGateway)(registered.ImplementationInstance
                ?? registered.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!));
            var options = provider.GetRequiredService<IOptions<MessagingOptions>>().Value;
            return options is { MaxPerSecond: 0, MaxConcurrent: 0 }
                ? gateway
                : new BoundedGateway(gateway, options.MaxPerSecond, options.MaxConcurrent, provider.GetRequiredService<TimeProvider>());
        });
    }
}
