using System.Net.Http.Json;
using Connect.Sandbox.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>A Stripe sandbox on a free loopback port, with a clock that only the test moves, and Stripe.net as its client.</summary>
public sealed class StripeSandboxHost : IAsyncDisposable
{
    public const string Prefix = "/sandbox/stripe";

    private readonly bool _ownsFolder;
    private readonly WebApplication _app;

    private StripeSandboxHost(WebApplication app, string folder, bool ownsFolder, FakeTimeProvider clock)
    {
        (_app, Folder, _ownsFolder, Clock) = (app, folder, ownsFolder, clock);
        Http = new HttpClient();
        Client = NewClient(Http);
    }

    /// <summary>Noon on a day that no test card has passed.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public string Folder { get; }

    public FakeTimeProvider Clock { get; }

    public HttpClient Http { get; }

    /// <summary>Stripe.net, without retries of its own, so that a test sees each answer.</summary>
    public StripeClient Client { get; }

    public string BaseUrl => _app.Urls.First() + Prefix;

    public StripeSandboxFaults Faults => _app.Services.GetRequiredService<StripeSandboxFaults>();

    public StripeSandboxLedger Ledger => _app.Services.GetRequiredService<StripeSandboxLedger>();

    public StripeSandboxOptions Options => _app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StripeSandboxOptions>>().Value;

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<StripeSandboxHost> StartAsync(string? folder = null, FakeTimeProvider? clock = null)
    {
        var path = folder ?? Directory.CreateTempSubdirectory("stripe-sandbox-").FullName;
        clock ??= new FakeTimeProvider(Noon);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddStripeSandbox(options => options.DatabasePath = Path.Combine(path, "stripe.db"));
        var app = builder.Build();
        app.MapStripeSandbox(Prefix);
        await app.StartAsync();
        return new StripeSandboxHost(app, path, folder is null, clock);
    }

    public StripeClient NewClient(HttpClient http, int retries = 0, string key = "sk_test_sandbox") => new(new StripeClientOptions
    {
        ApiKey = key,
        ApiBase = BaseUrl,
        HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: retries, appInfo: null, enableTelemetry: false),
    });

    public async Task<Customer> NewCustomerAsync() => await Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "Test Venue" });

    public async Task<PaymentMethod> NewCardAsync(string number = "4242424242424242", long month = 4, long year = 2029, string? customer = null)
    {
        var method = await Client.V1.PaymentMethods.CreateAsync(new PaymentMethodCreateOptions
        {
            Type = "card",
            Card = new PaymentMethodCardOptions { Number = number, ExpMonth = month, ExpYear = year, Cvc = "123" },
        });
        return customer is null ? method : await AttachAsync(method.Id, customer);
    }

    public async Task<PaymentMethod> AttachAsync(string methodId, string customerId) =>
        await Client.V1.PaymentMethods.AttachAsync(methodId, new PaymentMethodAttachOptions { Customer = customerId });

    public async Task<PaymentIntent> NewIntentAsync(string customer, string card, long amount = 4450, string purchase = "purchase-1") =>
        await Client.V1.PaymentIntents.CreateAsync(IntentOptions(customer, card, amount, purchase));

    public static PaymentIntentCreateOptions IntentOptions(string customer, string card, long amount = 4450, string purchase = "purchase-1") => new()
    {
        Amount = amount,
        Currency = "aud",
        Customer = customer,
        PaymentMethod = card,
        AllowedPaymentMethodTypes = ["card"],
        Metadata = new Dictionary<string, string> { ["purchase_id"] = purchase },
    };

    public static PaymentIntentConfirmOptions OffSession { get; } = new()
    {
        OffSession = true,
        ErrorOnRequiresAction = true,
        PaymentMethodOptions = new PaymentIntentPaymentMethodOptionsOptions
        {
            Card = new PaymentIntentPaymentMethodOptionsCardOptions { StoredCredentialUsage = "unscheduled" },
        },
    };

    /// <summary>Waits for a state that another task brings about; gives up after ten seconds.</summary>
    public static Task UntilAsync(Func<bool> reached) => UntilAsync(() => Task.FromResult(reached()));

    /// <summary>Waits for a state that another task brings about; gives up after ten seconds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await reached())
            await Task.Delay(10, patience.Token);
    }

    /// <summary>Moves the clock by <paramref name="step"/> until the task is over: its timer may be set only after the first step.</summary>
    public Task AdvanceUntilAsync(TimeSpan step, Task task) => UntilAsync(() =>
    {
        Clock.Advance(step);
        return task.IsCompleted;
    });

    /// <summary>A payment that succeeded with this card.</summary>
    public async Task<PaymentIntent> PayAsync(string customer, string number = "4242424242424242", long amount = 4450)
    {
        var intent = await NewIntentAsync(customer, (await NewCardAsync(number, customer: customer)).Id, amount);
        return await Client.V1.PaymentIntents.ConfirmAsync(intent.Id, OffSession);
    }

    /// <summary>Asks the sandbox itself, below its prefix, for what no client of Stripe can.</summary>
    public async Task<System.Text.Json.JsonElement> TriggerAsync(string path, object? body = null)
    {
        var response = await Http.PostAsJsonAsync($"{BaseUrl}/{path}", body ?? new { });
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return System.Text.Json.JsonElement.Parse(text);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Http.Dispose();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
