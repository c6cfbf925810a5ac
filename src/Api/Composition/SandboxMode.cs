namespace Connect.Api.Composition;

/// <summary>Sandbox mode: no Stripe key is configured, so Stripe, the SMS gateway and the clock are this program's own stand-ins.</summary>
public static class SandboxMode
{
    /// <summary>The key that is sent to the Stripe sandbox.</summary>
    public const string ApiKey = "sk_test_sandbox";

    /// <summary>Where this host serves the Stripe sandbox.</summary>
    public const string StripePath = "/sandbox/stripe";

    /// <summary>Set once this host has put its own Stripe key in the place of the missing one.</summary>
    internal const string Active = "Sandbox:Active";

    /// <summary>Whether no Stripe key was configured.</summary>
    public static bool IsOn(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration["Stripe:ApiKey"]) || configuration[Active] == bool.TrueString;
}
