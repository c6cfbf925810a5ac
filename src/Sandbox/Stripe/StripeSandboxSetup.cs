using Connect.Sandbox.Clock;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Connect.Sandbox.Stripe;

/// <summary>Adds the Stripe sandbox to a host. A host that is not in sandbox mode calls neither method, and then nothing of it is there.</summary>
public static class StripeSandboxSetup
{
    /// <summary>Adds the services of the sandbox, among them <see cref="StripeSandboxFaults"/> and <see cref="StripeSandboxLedger"/>.</summary>
    /// <param name="services">The host's services. Its <see cref="TimeProvider"/> and <see cref="IStripeIds"/> are used when it has them.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddStripeSandbox(this IServiceCollection services, Action<StripeSandboxOptions> configure)
    {
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStripeIds, RandomStripeIds>();
        services.AddSingleton(provider => new StripeStore(provider.GetRequiredService<IOptions<StripeSandboxOptions>>().Value.DatabasePath));
        services.AddSingleton<StripeSandboxWebhooks>();
        services.AddSingleton<StripeWork>();
        services.AddHttpClient(StripeClockwork.HttpClientName, http => http.Timeout = TimeSpan.FromSeconds(20))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
            .RemoveAllLoggers();
        services.AddSingleton<StripeClockwork>();
        services.AddSingleton<IDueWork>(provider => provider.GetRequiredService<StripeClockwork>());
        services.AddHostedService(provider => provider.GetRequiredService<StripeClockwork>());
        services.AddSingleton<StripeSandboxFaults>();
        services.AddSingleton(provider => new StripeSandboxLedger(provider.GetRequiredService<StripeStore>()));
        services.AddSingleton<StripeServer>();
        services.AddSingleton<HostedPages>();
        return services;
    }

    /// <summary>
    /// Maps the API (<c>/v1</c>), the hosted pages (<c>/checkout</c>, <c>/bank</c>), <c>/faults</c>, the triggers, <c>/webhooks</c> and <c>/charges-summary</c> below a prefix.
    /// Stripe.net's <c>ApiBase</c> is then the host's address followed by the prefix.
    /// </summary>
    /// <param name="app">The host's endpoints.</param>
    /// <param name="prefix">For example <c>/sandbox/stripe</c>, or empty.</param>
    public static IEndpointRouteBuilder MapStripeSandbox(this IEndpointRouteBuilder app, string prefix)
    {
        var group = app.MapGroup(prefix).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        var server = app.ServiceProvider.GetRequiredService<StripeServer>();
        var pages = app.ServiceProvider.GetRequiredService<HostedPages>();
        group.Map("/v1/{**path}", (RequestDelegate)(context => server.HandleAsync(context, prefix)));
        group.MapGet("/checkout/{id}", (RequestDelegate)(context => pages.ShowCardPageAsync(context, prefix)));
        group.MapPost("/checkout/{id}", (RequestDelegate)(context => pages.SubmitCardPageAsync(context, prefix)));
        group.MapGet("/bank/{id}", (RequestDelegate)(context => pages.ShowBankPageAsync(context, prefix)));
        group.MapPost("/bank/{id}", (RequestDelegate)(context => pages.SubmitBankPageAsync(context, prefix)));
        group.MapGet("/faults", StripeFaultEndpoint.Show);
        group.MapPost("/faults", StripeFaultEndpoint.SetAsync);
        group.MapDelete("/faults", StripeFaultEndpoint.Clear);
        StripeAdmin.Map(group);
        group.MapGet("/charges-summary", async (StripeSandboxLedger ledger) => TypedResults.Ok(ChargesSummary.Of(await ledger.SuccessfulChargesAsync())));
        return app;
    }

    /// <summary>The answer of <c>/charges-summary</c>.</summary>
    private sealed record ChargesSummary(int Count, long Amount, IReadOnlyList<SandboxCharge> Charges)
    {
        public static ChargesSummary Of(IReadOnlyList<SandboxCharge> charges) => new(charges.Count, charges.Sum(charge => charge.Amount), charges);
    }
}
