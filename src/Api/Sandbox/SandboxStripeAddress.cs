using System.Security.Cryptography;
using Connect.Api.Composition;
using Connect.Api.Webhooks;
using Connect.Sandbox.Stripe;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Connect.Api.Sandbox;

/// <summary>
/// Tells the payment code where the Stripe sandbox is, and the sandbox where to send its events: at this host, whose port is known only once it listens.
/// Until then payments fail as when the provider is down, and are repeated. An address that is configured stays.
/// </summary>
internal sealed class SandboxStripeAddress : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Sets the sandbox's key and a secret for its events, new at each start unless one is configured.</summary>
    public static void Install(WebApplicationBuilder builder)
    {
        var provider = new SandboxStripeAddress();
        provider.Data[SandboxMode.Active] = bool.TrueString;
        provider.Data["Stripe:ApiKey"] = SandboxMode.ApiKey;
        provider.Data[WebhookEndpoints.SecretSetting] =
            builder.Configuration[WebhookEndpoints.SecretSetting] is { Length: > 0 } secret ? secret : $"whsec_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        provider.Data["Stripe:ApiBase"] = builder.Configuration["Stripe:ApiBase"] ?? NotListening;
        ((IConfigurationBuilder)builder.Configuration).Add(provider);
        builder.Services.AddSingleton(provider);
    }

    /// <summary>Reads the address that the host is bound to. Call it once the host has started.</summary>
    public string Fill(IServiceProvider services)
    {
        var host = HostAddress(services);
        if (Data["Stripe:ApiBase"] == NotListening)
        {
            Data["Stripe:ApiBase"] = host + SandboxMode.StripePath;
            Data["Stripe:ReturnUrl"] = services.GetRequiredService<IConfiguration>()["Stripe:ReturnUrl"] ?? host;
            OnReload();
        }
        services.GetRequiredService<IOptions<StripeSandboxOptions>>().Value.Webhooks = [new(new Uri(host + WebhookEndpoints.Path), Data[WebhookEndpoints.SecretSetting]!)];
        return Data["Stripe:ApiBase"]!;
    }

    // Port 9 (discard) answers nobody: a call that is too early fails at once.
    private const string NotListening = "http://127.0.0.1:9";

    private static string HostAddress(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = addresses.FirstOrDefault(address => address.StartsWith("http://", StringComparison.Ordinal)) ?? addresses.First();
        return address.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal)
            .Replace("//+:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//*:", "//127.0.0.1:", StringComparison.Ordinal);
    }
}
