using Connect.Grains.Messaging;
using Connect.Messaging;
using Connect.Sandbox.Clock;

namespace Connect.Sandbox.Sms;

/// <summary>Puts the SMS sandbox into a host.</summary>
public static class SmsSandboxSetup
{
    /// <summary>Makes the sandbox the gateway. Its files are in <paramref name="directory"/>, which all processes of a program share.</summary>
    public static IServiceCollection AddSmsSandbox(this IServiceCollection services, string directory)
    {
        services.AddSingleton(provider => new SandboxSmsGateway(
            directory,
            provider.GetRequiredService<TimeProvider>(),
            reports => provider.GetRequiredService<IGrainFactory>().GetGrain<IDeliveryReportsGrain>(0).Report(reports)));
        services.AddSingleton<ISmsGateway>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        services.AddSingleton<ISmsSandbox>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        return services;
    }
}
