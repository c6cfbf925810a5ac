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
        services.AddSingleton(provider =>
        {
            var sandbox = new SandboxSmsGateway(
                directory,
                provider.GetRequiredService<TimeProvider>(),
                reports => provider.GetRequiredService<IGrainFactory>().GetGrain<IDeliveryReportsGrain>(0).Report(reports));
            // Before the silo stops: what it could not store any more would only fail, again and again, in its log.
            provider.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(sandbox.StopReports);
            return sandbox;
        });
        services.AddSingleton<ISmsGateway>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        services.AddSingleton<ISmsSandbox>(provider => provider.GetRequiredService<SandboxSmsGateway>());
        return services;
    }
}
