using Connect.Grains.Accounts.Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Grains.Accounts;

/// <summary>What account grains need from the silo.</summary>
public static class AccountServices
{
    /// <summary>Adds the group commit. The host adds an <see cref="ILedgerStore"/> and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LedgerOptions>().Bind(configuration.GetSection("Ledger"))
            .Validate(options => options.Lanes is >= 1 and <= 16, "Ledger:Lanes must be 1 to 16.")
            .Validate(options => options.MaxGroup is >= 1 and <= 100_000, "Ledger:MaxGroup must be 1 to 100,000.")
            .ValidateOnStart();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<LedgerWriter>());
        return services;
    }
}
