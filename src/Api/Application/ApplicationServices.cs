namespace Connect.Api.Application;

/// <summary>Registers the application layer.</summary>
public static class ApplicationServices
{
    /// <summary>Adds what endpoints and pages call.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services) => services
        .AddSingleton<IIds, RandomIds>()
        .AddSingleton<GrainCalls>()
        .AddSingleton<CreditsService>()
        .AddSingleton<PurchasesService>()
        .AddSingleton<CardsService>()
        .AddSingleton<AutoTopUpService>()
        .AddSingleton<CampaignsService>()
        .AddSingleton<AutomationsService>()
        .AddSingleton<OptOutsService>()
        .AddSingleton<MessagingSettingsService>()
        .AddSingleton<AlertsService>()
        .AddSingleton<OperatorService>()
        .AddSingleton<MoneyBackService>()
        .AddSingleton<ReconciliationService>()
        .AddSingleton<LiveService>();
}
