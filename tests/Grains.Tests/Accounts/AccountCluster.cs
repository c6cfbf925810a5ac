using Connect.Accounts;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Connect.Grains.Tests.Accounts;

/// <summary>One real silo with account grains over a ledger in memory and a clock that tests move.</summary>
public sealed class AccountCluster : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    internal MemoryLedgerStore Store { get; } = new();

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage("grains").UseInMemoryReminderService();
            silo.Services.AddSingleton<TimeProvider>(Time);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddSingleton<ILedgerStore>(Store);
            silo.Services.AddAccounts(new ConfigurationBuilder().Build());
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    internal IAccountGrain Account(string id) => _cluster.Client.GetGrain<IAccountGrain>(id);

    internal async Task<IAccountGrain> AccountWith(string id, long credits)
    {
        var account = Account(id);
        await account.Open(new OpenAccount { OperationId = "open" });
        if (credits > 0) await account.Grant(new Grant { OperationId = "grant", Credits = credits, Source = GrantSource.Promotional });
        return account;
    }

    /// <summary>Ends every activation of an account. One that is still busy is passed over by the collection, so it is asked again.</summary>
    internal async Task DeactivateAll()
    {
        var management = _cluster.Client.GetGrain<IManagementGrain>(0);
        for (var tries = 0; tries < 200; tries++)
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            var statistics = await management.GetSimpleGrainStatistics();
            if (statistics.Where(one => one.GrainType.Contains(nameof(AccountGrain), StringComparison.Ordinal)).Sum(one => one.ActivationCount) == 0) return;
        }

        throw new InvalidOperationException("An account stays active.");
    }

    internal T Service<T>() where T : notnull => _cluster.Silos[0].ServiceProvider.GetRequiredService<T>();

    internal Task Tick(string accountId) => _cluster.Client.GetGrain<IRemindable>(Account(accountId).GetGrainId()).ReceiveReminder("account", default);
}
