using System.Diagnostics;
using System.Net.Http.Json;
using Connect.Accounts;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Purchases;
using Connect.Grains.Purchases.Stripe;
using Connect.Operations;
using Connect.Purchases;
using Connect.Sandbox.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;
using Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>A silo with the real grains of accounts and purchases, the real Stripe.net, and the Stripe sandbox behind it over HTTP. The test moves the clock.</summary>
public sealed class PurchaseCluster : IAsyncLifetime
{
    public const string Visa = "4242424242424242";
    public const string AttachesThenDeclines = "4000000000000341";
    public const string AlwaysAuthenticates = "4000002760003184";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("purchases-").FullName;
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });
    private InProcessTestCluster _cluster = null!;
    private WebApplication _sandbox = null!;
    private StripeClient _client = null!;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    internal JsonStorage Storage { get; } = new();

    internal Accounts.MemoryLedgerStore Ledger { get; } = new();

    internal WatchedGateway Gateway { get; private set; } = null!;

    internal StripeSandboxFaults Faults => _sandbox.Services.GetRequiredService<StripeSandboxFaults>();

    internal StripeClient Stripe => _client;

    public async Task InitializeAsync()
    {
        var web = WebApplication.CreateBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        web.Services.AddSingleton<TimeProvider>(Clock);
        web.Services.AddStripeSandbox(options => options.DatabasePath = Path.Combine(_folder, "stripe.db"));
        _sandbox = web.Build();
        _sandbox.MapStripeSandbox("");
        await _sandbox.StartAsync();
        var address = _sandbox.Urls.First();
        _client = new StripeClient(new StripeClientOptions
        {
            ApiKey = "sk_test_sandbox", ApiBase = address, HttpClient = new SystemNetHttpClient(_http, maxNetworkRetries: 0, appInfo: null, enableTelemetry: false),
        });

        var settings = new Dictionary<string, string?>
        {
            ["Stripe:ApiKey"] = "sk_test_sandbox", ["Stripe:ApiBase"] = address, ["Stripe:TimeoutSeconds"] = "5", ["Stripe:MaxNetworkRetries"] = "0",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddKeyedSingleton<IGrainStorage>("grains", Storage);
            silo.Services.AddSingleton<ILedgerStore>(Ledger);
            silo.Services.AddAccounts(configuration);
            silo.Services.AddPurchases(configuration);
            silo.Services.AddSingleton<IStripeGateway>(provider =>
                Gateway = new WatchedGateway(ActivatorUtilities.CreateInstance<StripeGateway>(provider)));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Gateway = (WatchedGateway)_cluster.Silos[0].ServiceProvider.GetRequiredService<IStripeGateway>();
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _sandbox.StopAsync();
        await _sandbox.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal IAccountGrain Account(string id) => _cluster.Client.GetGrain<IAccountGrain>(id);

    internal ICardsGrain Cards(string accountId) => _cluster.Client.GetGrain<ICardsGrain>(accountId);

    internal IPurchaseGrain Purchase(string key) => _cluster.Client.GetGrain<IPurchaseGrain>(key);

    internal IMoneyBackGrain MoneyBack(string key) => _cluster.Client.GetGrain<IMoneyBackGrain>(key);

    internal IReconciliationGrain Reconciliation => _cluster.Client.GetGrain<IReconciliationGrain>(0);

    internal IStripeEventGrain Event(string id) => _cluster.Client.GetGrain<IStripeEventGrain>(id);

    internal IPricingGrain Pricing => _cluster.Client.GetGrain<IPricingGrain>(0);

    /// <summary>Opens an account, with a saved card when a number is given.</summary>
    internal async Task OpenAccount(string id, string? cardNumber = Visa)
    {
        Assert.True((await Account(id).Open(new OpenAccount { OperationId = "open" })).Holds);
        if (cardNumber is not null) Assert.NotNull((await Cards(id).Attach(await NewPaymentMethod(cardNumber))).Card);
    }

    internal async Task<string> NewPaymentMethod(string number, int month = 4, int year = 2029)
    {
        var options = new PaymentMethodCreateOptions { Type = "card", Card = new() { Number = number, ExpMonth = month, ExpYear = year, Cvc = "123" } };
        return (await _client.V1.PaymentMethods.CreateAsync(options)).Id;
    }

    /// <summary>Waits for a call, moving the clock by seconds while Stripe has nothing to do.</summary>
    internal async Task<T> Drive<T>(Task<T> call, IPurchaseGrain purchase)
    {
        while (!call.IsCompleted) await Step(purchase, DateTimeOffset.MaxValue);
        return await call;
    }

    /// <summary>Moves the clock, while Stripe has nothing to do, until the purchase is so.</summary>
    internal async Task<PurchaseView> Until(IPurchaseGrain purchase, Predicate<PurchaseView> so, TimeSpan? within = null)
    {
        var end = Clock.GetUtcNow() + (within ?? TimeSpan.FromMinutes(30));
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (await purchase.Get() is { } view && so(view)) return view;
            Assert.True(Clock.GetUtcNow() < end || waited.Elapsed < Patience, $"Not reached in time: {await purchase.Get()}; asked {string.Join(", ", Gateway.Asked)}");
            await Step(purchase, end);
        }
    }

    /// <summary>Waits until it is so, moving the clock while Stripe has nothing to do.</summary>
    internal async Task Until(Func<Task<bool>> so)
    {
        var end = Clock.GetUtcNow() + TimeSpan.FromHours(1);
        for (var waited = Stopwatch.StartNew(); !await so();)
        {
            Assert.True(Clock.GetUtcNow() < end || waited.Elapsed < Patience, $"Not reached in time; asked {string.Join(", ", Gateway.Asked)}");
            await Advance(end);
        }
    }

    /// <summary>Says yes on the bank's page.</summary>
    internal async Task PassBankPage(string url)
    {
        using var form = new FormUrlEncodedContent([new("answer", "approve")]);
        using var answer = await _http.PostAsync(new Uri(url), form);
        Assert.True((int)answer.StatusCode < 400, $"{answer.StatusCode}");
    }

    /// <summary>Fills in the hosted page for adding a card and returns the address that the customer is sent back to.</summary>
    internal async Task<Uri> FillCardPage(string url, string number)
    {
        using var form = new FormUrlEncodedContent([new("number", number), new("expiry", "04 / 29"), new("cvc", "123"), new("name", "Anna")]);
        using var answer = await _http.PostAsync(new Uri(url), form);
        Assert.True((int)answer.StatusCode < 400, $"{answer.StatusCode}");
        return answer.Headers.Location!;
    }

    /// <summary>Makes the bank do something by itself, such as <c>/disputes</c>; answers the id of the object.</summary>
    internal async Task<string> Bank(string path, object? body = null)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_sandbox.Urls.First() + path), body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return System.Text.Json.Nodes.JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    /// <summary>An account that has bought 1,000 credits for A$97.90 by purchase <c>{id}/q</c>; answers the intent.</summary>
    internal async Task<string> Bought(string id)
    {
        await OpenAccount(id);
        var purchase = Purchase(id + "/q");
        await purchase.Quote(1_000);
        await Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);
        return (await Until(purchase, view => view.Status == PurchaseStatus.Succeeded)).PaymentIntentId!;
    }

    /// <summary>Waits for a call, moving the clock while Stripe has nothing to do and the money back does not go on by itself.</summary>
    internal async Task<T> Drive<T>(Task<T> call, IMoneyBackGrain moneyBack)
    {
        while (!call.IsCompleted)
        {
            await moneyBack.Get();
            await Task.Yield();
            if (Gateway.Idle && !call.IsCompleted) Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await call;
    }

    internal async Task Deactivate() => await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>Until that grain is in no memory: one that still is at work is passed over when memory is cleared.</summary>
    internal Task Deactivate(IGrain grain) => Until(async () =>
    {
        await Deactivate();
        return await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) is null;
    });

    internal Task Tick(IGrain grain, string reminder) => _cluster.Client.GetGrain<IRemindable>(grain.GetGrainId()).ReceiveReminder(reminder, default);

    internal async Task<int> Reminders(IGrain grain) =>
        (await _cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>().ReadRows(grain.GetGrainId())).Reminders.Count;

    /// <summary>Amounts that the sandbox really charged for a purchase.</summary>
    internal async Task<long[]> Charged(string purchaseKey) =>
        [.. (await _sandbox.Services.GetRequiredService<StripeSandboxLedger>().ChargesByPurchaseAsync())[purchaseKey].Select(charge => charge.Amount)];

    private async Task Step(IPurchaseGrain purchase, DateTimeOffset end)
    {
        // The answer of a call comes after the turns that were ready before it, so a purchase that can go on has done so.
        await purchase.Get();
        await Advance(end);
    }

    // What goes on beside the test needs real time, however busy the machine: the clock neither runs away from it nor beyond its end.
    private async Task Advance(DateTimeOffset end)
    {
        if (Gateway.Idle && Clock.GetUtcNow() < end) Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(1);
    }
}
