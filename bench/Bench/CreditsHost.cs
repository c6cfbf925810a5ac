using Connect.Accounts;
using Connect.Sandbox.Sms;
using Connect.Silo;
using Connect.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Runtime;

namespace Connect.Bench;

/// <summary>The program under measurement: one silo in this process, composed as in production, on a database of its own.</summary>
public sealed class CreditsHost : IAsyncDisposable
{
    private readonly IHost host;
    private readonly string folder;
    private int operations;

    private CreditsHost(IHost host, string folder) => (this.host, this.folder) = (host, folder);

    /// <summary>Its grains.</summary>
    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts it on a fresh database of the server, with further settings if need be.</summary>
    public static async Task<CreditsHost> Start(PostgresServer server, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("credits-bench-").FullName;
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Credits:PostgreSql"] = server.CreateDatabase(),
            ["Credits:DataDirectory"] = folder,
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddCreditsSilo();
        var host = builder.Build();
        await host.StartAsync();
        return new CreditsHost(host, folder);
    }

    /// <summary>Messages of a campaign that the sandbox gateway holds.</summary>
    public async Task<long> CountSms(string campaignId) => (await host.Services.GetRequiredService<ISmsSandbox>().List(campaignId, limit: 1)).Total;

    /// <summary>An operation id that was not used before.</summary>
    public string NextOperation() => $"bench:{Interlocked.Increment(ref operations)}";

    /// <summary>Opens an account and grants it credits.</summary>
    public async Task<IAccountGrain> OpenAccount(string id, long credits = AccountLimits.MaxCredits)
    {
        var account = Grains.GetGrain<IAccountGrain>(id);
        Require(await account.Open(new OpenAccount { OperationId = "open" }));
        Require(await account.Grant(new Grant { OperationId = "grant", Credits = credits, Source = GrantSource.Manual }));
        return account;
    }

    /// <summary>Takes a grain out of memory and returns when it is gone.</summary>
    public async Task Deactivate(IAddressable grain)
    {
        var management = Grains.GetGrain<IManagementGrain>(0);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await Eventually.True("the grain is gone", async () => !(await management.GetActiveGrains(grain.GetGrainId().Type)).Contains(grain.GetGrainId()));
    }

    /// <summary>Throws unless every credit of the account is accounted for, by its ledger alone and as the grain says; returns the ledger's totals.</summary>
    public static async Task<CreditTotals> CheckConservation(IAccountGrain account, long? spent = null)
    {
        var check = await account.Check();
        if (!check.Findings.IsEmpty || !check.FromLedger.Balanced || check.FromLedger != check.FromGrain)
            throw new InvalidOperationException($"{check.AccountId}: {string.Join(" ", check.Findings)} {check.FromLedger} {check.FromGrain}");
        if (spent is { } expected && check.FromLedger.Spent != expected)
            throw new InvalidOperationException($"{check.AccountId}: {expected} credits were acknowledged as spent, the ledger says {check.FromLedger.Spent}.");
        return check.FromLedger;
    }

    /// <summary>Throws unless a command was posted.</summary>
    public static void Require(PostResult result)
    {
        if (result.Outcome != PostOutcome.Posted)
            throw new InvalidOperationException($"Expected the command to be posted, got {result.Outcome}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
