using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Purchases;

/// <summary>Registers what purchases need.</summary>
public static class PurchaseServices
{
    /// <summary>Adds the price list, from section <c>Pricing</c>, checked at start.</summary>
    public static IServiceCollection AddPurchases(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PricingOptions>().Bind(configuration.GetSection(PricingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PricingOptions>, PricingOptionsCheck>();
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
