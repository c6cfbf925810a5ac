using Connect.Grains.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Campaigns;

/// <summary>Registers what campaigns, automations and messages need. The gateway (<see cref="ISmsGateway"/>) and the clock are registered by the host.</summary>
public static class CampaignServices
{
    /// <summary>Adds the services, with the options of section <c>Messaging</c>, which are validated when the host starts.</summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MessagingOptions>().Bind(configuration.GetSection("Messaging")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MessagingOptions>, MessagingOptionsValidator>();
        services.AddSingleton(provider => new MobileNumbers(provider.GetRequiredService<IOptions<MessagingOptions>>().Value.Country));
        return services;
    }
}
