using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Campaigns;
using Connect.Grains.Messaging;
using Connect.Grains.Purchases;
using Connect.Grains.Tests.Messaging;
using Connect.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Silos with the real grains of accounts, campaigns and automations, over storage, ledger, reminders and a gateway that outlive them and fail on demand.</summary>
public sealed class CampaignCluster : IAsyncLifetime
{
    /// <summary>Longest wait for something that must happen: a call that was lost with its silo is repeated after its time-out of 30 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private InProcessTestCluster _cluster = null!;

    public TestStorage Storage { get; } = new();

    public TestLedger Ledger { get; } = new();

    public TestReminders Reminders { get; } = new();

    public TestGateway Gateway { get; } = new();

    public MemoryOptOutStore OptOuts { get; } = new();

    public SkippingClock Time { get; } = new();

    /// <summary>The next call between grains of an interface to one grain is rejected on the spot, as a call to a silo is that can not be reached; then it is forgotten.</summary>
    public ConcurrentDictionary<(string Grain, Type Interface), bool> RejectOnce { get; } = new();

    /// <summary>Waited for before each call between grains of an interface to one grain.</summary>
    public ConcurrentDictionary<(string Grain, Type Interface), Func<Task>> Hold { get; } = new();

    public async Task InitializeAsync()
    {
        var configuration = new ConfigurationBuilder().Build();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(Reminders);
            silo.Services.AddSingleton<TimeProvider>(Time);
            silo.Services.AddKeyedSingleton<IGrainStorage>("grains", Storage);
            silo.Services.AddSingleton<ILedgerStore>(Ledger);
            silo.Services.AddSingleton<ISmsGateway>(Gateway);
            silo.Services.AddSingleton<IOptOutStore>(OptOuts);
            silo.AddOutgoingGrainCallFilter(async call =>
            {
                if (Hold.TryGetValue((call.TargetId.Key.ToString()!, call.InterfaceMethod.DeclaringType!), out var hold))
                    await hold();
                await call.Invoke();
            });
            silo.AddOutgoingGrainCallFilter(call => RejectOnce.TryRemove((call.TargetId.Key.ToString()!, call.InterfaceMethod.DeclaringType!), out bool _)
                ? Task.FromException(new SiloUnavailableException("Rejected by the test."))
                : call.Invoke());
            silo.Services.AddAccounts(configuration);
            silo.Services.AddPurchases(configuration);
            silo.Services.AddCampaigns(configuration);
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    public IClusterClient Client => _cluster.Client;

    public IAccountGrain Account(string id) => _cluster.Client.GetGrain<IAccountGrain>(id);

    public ICampaignGrain Campaign(string account, string id = "c1") => _cluster.Client.GetGrain<ICampaignGrain>($"{account}/{id}");

    public ICampaignIndexGrain Index(string account) => _cluster.Client.GetGrain<ICampaignIndexGrain>(account);

    public IMessagingSettingsGrain Settings(string account) => _cluster.Client.GetGrain<IMessagingSettingsGrain>(account);

    public IMessagingGrain Messaging => _cluster.Client.GetGrain<IMessagingGrain>(0);

    public IAutomationGrain Automation(string account, string flow = "birthday") => _cluster.Client.GetGrain<IAutomationGrain>($"{account}/{flow}");

    public IRecipientPageGrain Page(string account, int page, string id = "c1") => _cluster.Client.GetGrain<IRecipientPageGrain>($"{account}/{id}/{page}");

    public IDeliveryReportsGrain Reports => _cluster.Client.GetGrain<IDeliveryReportsGrain>(0);

    /// <summary>Reports the same about some rows of a campaign.</summary>
    public Task Report(string account, DeliveryState state, IEnumerable<int> rows, string id = "c1") => Reports.Report(
    [
        .. rows.Select(row => new DeliveryReport { AccountId = account, Kind = MessageKind.Campaign, CampaignId = id, MessageId = $"{id}:{row}", State = state }),
    ]);

    /// <summary>Ends the silo without a goodbye, and starts another.</summary>
    public async Task ReplaceSilo()
    {
        await _cluster.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>An open account with credits.</summary>
    public async Task OpenAccount(string id, long credits)
    {
        Assert.True((await Account(id).Open(new() { OperationId = "open" })).Holds);
        if (credits > 0)
            await Grant(id, credits, "first");
    }

    public async Task Grant(string id, long credits, string operationId) =>
        Assert.True((await Account(id).Grant(new() { OperationId = operationId, Credits = credits, Source = GrantSource.Manual })).Holds);

    /// <summary>A draft with these recipients; its list is closed unless the test adds more.</summary>
    public async Task<ICampaignGrain> Draft(string account, IEnumerable<RecipientInput> recipients, string text = "Hello", string id = "c1", DateTimeOffset? at = null, bool close = true)
    {
        var campaign = Campaign(account, id);
        Assert.Equal(CampaignOutcome.Done, await campaign.Create(new() { Name = "Test", Text = text, Actor = "ana", ScheduledAt = at }));
        long row = 0;
        foreach (var chunk in recipients.Chunk(1_000))
        {
            Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(row, [.. chunk]));
            row += chunk.Length;
        }

        if (close)
            Assert.Equal(CampaignOutcome.Done, await campaign.CloseImport(row));
        return campaign;
    }

    /// <summary>A duplicate, once its rows are copied and its reminder is gone.</summary>
    public async Task<CampaignView> Duplicate(string account, string copy, DuplicateOf of = DuplicateOf.Remaining, string id = "c1")
    {
        Assert.NotNull(await Campaign(account, id).Duplicate(copy, of, "ana"));
        return await Copied(account, copy);
    }

    /// <summary>A duplicate that was asked for, once its rows are copied and its reminder is gone.</summary>
    public Task<CampaignView> Copied(string account, string copy) => When(account, view => !view.Importing && !Reminders.Keys.Contains($"{account}/{copy}"), copy);

    /// <summary>The campaign once a condition holds; <paramref name="tick"/> brings its reminder's tick while it waits.</summary>
    public async Task<CampaignView> When(string account, Func<CampaignView, bool> condition, string id = "c1", bool tick = false)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (true)
        {
            CampaignView? view = null;
            try
            {
                view = await Campaign(account, id).Get();
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException && TimeProvider.System.GetElapsedTime(until) < Patience)
            {
                // Between two silos.
            }

            if (view is not null && condition(view))
                return view;
            Assert.True(TimeProvider.System.GetElapsedTime(until) < Patience, $"Still {view}");
            if (tick)
                await Campaign(account, id).AsReference<IRemindable>().ReceiveReminder("send", default);
            await Task.Delay(5);
        }
    }

    /// <summary>The campaign once it has ended, with its reminder gone and the account's conservation check passed.</summary>
    public async Task<CampaignView> Ended(string account, string id = "c1")
    {
        var view = await When(account, campaign => campaign.EndedAt is not null, id);
        Assert.Equal(view.Total, view.Sent + view.Failed + view.Skipped + view.Unknown + view.Remaining);
        var check = await Account(account).Check();
        Assert.Empty(check.Findings);
        var until = TimeProvider.System.GetTimestamp();
        while (Reminders.Keys.Contains($"{account}/{id}") && TimeProvider.System.GetElapsedTime(until) < Patience)
            await Task.Delay(5);
        Assert.DoesNotContain($"{account}/{id}", Reminders.Keys);
        return view;
    }

    /// <summary>All recipients of a campaign.</summary>
    public async Task<ImmutableArray<RecipientView>> Recipients(string account, string id = "c1")
    {
        var all = ImmutableArray.CreateBuilder<RecipientView>();
        for (long? from = 0; from is { } row;)
        {
            var page = await Campaign(account, id).Recipients(row, 700);
            all.AddRange(page.Recipients);
            from = page.NextCursor;
        }

        return all.ToImmutable();
    }

    /// <summary>The rows handed to the gateway for a campaign, in order.</summary>
    public int[] HandedOver(string account, string id = "c1") =>
    [
        .. Gateway.Messages.Where(message => message.AccountId == account && message.CampaignId == id)
            .Select(message => int.Parse(message.MessageId[(id.Length + 1)..], CultureInfo.InvariantCulture)).Order(),
    ];

    /// <summary>The number of the recipient at a place in <see cref="People"/>.</summary>
    public static string Number(int index) => $"+61400{index:D6}";

    /// <summary>Different recipients.</summary>
    public static IEnumerable<RecipientInput> People(int count) => Enumerable.Range(0, count).Select(index => Person(index));

    /// <summary>One recipient with fields.</summary>
    public static RecipientInput Person(int index, params (string Name, string Value)[] fields) =>
        new() { To = Number(index), Fields = fields.ToImmutableDictionary(field => field.Name, field => field.Value) };
}

[CollectionDefinition(nameof(CampaignCluster))]
public sealed class CampaignClusterCollection : ICollectionFixture<CampaignCluster>;
