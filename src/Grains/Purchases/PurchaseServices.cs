using Connect.Grains.Purchases.Stripe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Purchases;

/// <summary>Registers what purchases need.</summary>
public static class PurchaseServices
{
    /// <summary>Adds the price list (section <c>Pricing</c>, checked at start) and Stripe (section <c>Stripe</c>, read when first needed).</summary>
    public static IServiceCollection AddPurchases(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PricingOptions>().Bind(configuration.GetSection(PricingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PricingOptions>, PricingOptionsCheck>();
        services.AddOptions<StripeOptions>().Bind(configuration.GetSection(StripeOptions.Section))
            .Validate(stripe => stripe.TimeoutSeconds is >= 1 and <= 80, "Stripe:TimeoutSeconds must be 1 to 80.")
            .Validate(stripe => stripe.MaxNetworkRetries is >= 0 and <= 5, "Stripe:MaxNetworkRetries must be 0 to 5.")
            .Validate(stripe => Uri.TryCreate(stripe.ReturnUrl, UriKind.Absolute, out _), "Stripe:ReturnUrl must be an absolute address.");
        services.AddSingleton<IStripeGateway, StripeGateway>();
        services.AddSingleton(provider => new PriceList(provider.GetRequiredService<IOptions<PricingOptions>>().Value));
        return services;
    }

    private sealed class PricingOptionsCheck : IValidateOptions<PricingOptions>
    {
        public ValidateOptionsResult Validate(string? name, PricingOptions options)
        {
            var findings = PriceList.Check(options);
            return findings.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
        }
    }
}
