using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using global::Stripe;
using global::Stripe.Checkout;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Purchases.Stripe;

/// <summary>Stripe through Stripe.net.</summary>
public sealed partial class StripeGateway(IOptionsMonitor<StripeOptions> options, ILogger<StripeGateway> logger) : IStripeGateway, IDisposable
{
    private const string PurchaseKeyEntry = "purchase_id";
    private const string AccountEntry = "account_id";
    private static readonly List<string> s_cards = ["card"];

    private readonly Lock _lock = new();
    private Connection? _connection;

    /// <inheritdoc />
    public Task<StripeAnswer<string>> CreateCustomer(string accountId, string idempotencyKey) => Ask("create customer", async client =>
    {
        var customer = await client.V1.Customers.CreateAsync(
            new CustomerCreateOptions { Metadata = new() { [AccountEntry] = accountId }, Description = $"Connect account {accountId}" }, Key(idempotencyKey));
        return customer.Id;
    });

    /// <inheritdoc />
    public Task<StripeAnswer<IntentReading?>> CreateIntent(IntentOrder order, string idempotencyKey) => Ask<IntentReading?>("create intent", async client =>
    {
        var create = new PaymentIntentCreateOptions
        {
            Amount = order.Total.Amount,
            Currency = ToStripe(order.Total.Currency),
            Customer = order.CustomerId,
            PaymentMethod = order.PaymentMethodId,
            AllowedPaymentMethodTypes = s_cards,
            Description = FormattableString.Invariant($"{order.Credits} SMS credits"),
            Metadata = new() { [PurchaseKeyEntry] = order.PurchaseKey, [AccountEntry] = order.AccountId },
        };
        return Reading(await client.V1.PaymentIntents.CreateAsync(create, Key(idempotencyKey)));
    });

    /// <inheritdoc />
    public Task<StripeAnswer<IntentReading?>> FindIntent(string customerId, DateTimeOffset createdSince, string purchaseKey) => Ask<IntentReading?>("find intent", async client =>
    {
        var list = new PaymentIntentListOptions
        {
            Customer = customerId, Created = new DateRangeOptions { GreaterThanOrEqual = createdSince.UtcDateTime }, Limit = 100,
        };
        await foreach (var intent in client.V1.PaymentIntents.ListAutoPagingAsync(list))
        {
            var reading = Reading(intent);
            if (reading.PurchaseKey == purchaseKey && reading.Status != IntentStatus.Canceled) return reading;
        }

        return null;
    });

    /// <inheritdoc />
    public Task<StripeAnswer<IntentReading?>> ConfirmIntent(string intentId, string purchaseKey, bool automatic, string idempotencyKey) => Ask<IntentReading?>("confirm intent", async client =>
    {
        var confirm = automatic
            ? new PaymentIntentConfirmOptions
            {
                OffSession = true,
                ErrorOnRequiresAction = true,
                PaymentMethodOptions = new() { Card = new() { StoredCredentialUsage = "unscheduled" } },
            }
            : new PaymentIntentConfirmOptions { ReturnUrl = $"{options.CurrentValue.ReturnUrl.TrimEnd('/')}/purchases/{purchaseKey}/return" };
        return Reading(await client.V1.PaymentIntents.ConfirmAsync(intentId, confirm, Key(idempotencyKey)));
    });

    /// <inheritdoc />
    public Task<StripeAnswer<IntentReading?>> ReadIntent(string intentId) =>
        Ask<IntentReading?>("read intent", async client => Reading(await client.V1.PaymentIntents.GetAsync(intentId)));

    /// <inheritdoc />
    public Task<StripeAnswer<IntentReading?>> CancelIntent(string intentId) =>
        Ask<IntentReading?>("cancel intent", async client => Reading(await client.V1.PaymentIntents.CancelAsync(intentId)));

    /// <inheritdoc />
    public Task<StripeAnswer<CardSetup>> BeginSetup(string customerId, string returnUrl, string cancelUrl) => Ask("begin setup", async client =>
    {
        var create = new SessionCreateOptions
        {
            Mode = "setup",
            Customer = customerId,
            AllowedPaymentMethodTypes = s_cards,
            SuccessUrl = $"{returnUrl}{(returnUrl.Contains('?', StringComparison.Ordinal) ? '&' : '?')}session_id={{CHECKOUT_SESSION_ID}}",
            CancelUrl = cancelUrl,
        };
        var session = await client.V1.Checkout.Sessions.CreateAsync(create);
        return new CardSetup { SessionId = session.Id, Url = session.Url };
    });

    /// <inheritdoc />
    public Task<StripeAnswer<string?>> FindPurchase(string intentOrChargeId) => Ask("find purchase", async client =>
    {
        var intentId = intentOrChargeId.StartsWith("pi_", StringComparison.Ordinal) ? intentOrChargeId : (await client.V1.Charges.GetAsync(intentOrChargeId)).PaymentIntentId;
        return intentId is null ? null : Reading(await client.V1.PaymentIntents.GetAsync(intentId)).PurchaseKey;
    });

    /// <inheritdoc />
    public Task<StripeAnswer<string?>> FindAccount(string customerId) =>
        Ask("find account", async client => (await client.V1.Customers.GetAsync(customerId)).Metadata?.GetValueOrDefault(AccountEntry));

    /// <inheritdoc />
    public Task<StripeAnswer<bool>> IsCustomerDeleted(string customerId) =>
        Ask("read customer", async client => (await client.V1.Customers.GetAsync(customerId)).Deleted == true);

    /// <inheritdoc />
    public Task<StripeAnswer<CardReading>> ReadSetup(string sessionOrSetupIntentId) => Ask("read setup", async client =>
    {
        if (sessionOrSetupIntentId.StartsWith("seti_", StringComparison.Ordinal))
        {
            var setup = await client.V1.SetupIntents.GetAsync(sessionOrSetupIntentId, new SetupIntentGetOptions { Expand = ["payment_method"] });
            return CardOf(setup, setup.CustomerId);
        }

        var session = await client.V1.Checkout.Sessions.GetAsync(sessionOrSetupIntentId, new SessionGetOptions { Expand = ["setup_intent.payment_method"] });
        return CardOf(session is { Mode: "setup", Status: "complete" } ? session.SetupIntent : null, session.CustomerId);
    });

    /// <inheritdoc />
    public Task<StripeAnswer<CardReading>> ReadCard(string paymentMethodId) => Ask("read card", async client =>
    {
        var method = await client.V1.PaymentMethods.GetAsync(paymentMethodId);
        return new CardReading { CustomerId = method.CustomerId, Card = method is { CustomerId: not null, Card: not null } ? Card(method) : null };
    });

    /// <inheritdoc />
    public Task<StripeAnswer<SavedCard>> Attach(string customerId, string paymentMethodId) => Ask("attach card", async client =>
        Card(await client.V1.PaymentMethods.AttachAsync(paymentMethodId, new PaymentMethodAttachOptions { Customer = customerId })));

    /// <inheritdoc />
    public Task<StripeAnswer<string>> Detach(string paymentMethodId) => Ask("detach card", async client =>
        (await client.V1.PaymentMethods.DetachAsync(paymentMethodId)).Id);

    /// <inheritdoc />
    public void Dispose() => _connection?.Http.Dispose();

    private async Task<StripeAnswer<T>> Ask<T>(string what, Func<StripeClient, Task<T>> ask)
    {
        try
        {
            return new() { Value = await ask(Client()) };
        }
        catch (Exception exception)
        {
            var problem = StripeProblems.Of(exception);
            logger.LogWarning("Stripe: {What} ended as {Kind}: {Message}", what, problem.Kind, problem.Message);
            return new() { Problem = problem };
        }
    }

    private StripeClient Client()
    {
        var now = options.CurrentValue;
        if (string.IsNullOrWhiteSpace(now.ApiKey)) throw new InvalidOperationException("Stripe:ApiKey is not configured.");

        lock (_lock)
        {
            if (_connection is { } open && open.ApiKey == now.ApiKey && open.ApiBase == now.ApiBase) return open.Client;

            // An earlier connection may still carry requests, so it is left to the garbage collector.
            var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
            {
                Timeout = TimeSpan.FromSeconds(now.TimeoutSeconds),
            };
            var settings = new StripeClientOptions
            {
                ApiKey = now.ApiKey,
                HttpClient = new SystemNetHttpClient(http, now.MaxNetworkRetries, appInfo: null, enableTelemetry: false),
            };
            if (now.ApiBase is not null) settings.ApiBase = now.ApiBase.TrimEnd('/');
            _connection = new(now.ApiKey, now.ApiBase, new StripeClient(settings), http);
            return _connection.Client;
        }
    }

    private static RequestOptions Key(string idempotencyKey) => new() { IdempotencyKey = idempotencyKey };

    private static IntentReading Reading(PaymentIntent intent) => new()
    {
        Id = intent.Id,
        Status = intent.Status switch
        {
            "requires_payment_method" => IntentStatus.RequiresPaymentMethod,
            "requires_confirmation" => IntentStatus.RequiresConfirmation,
            "requires_action" => IntentStatus.RequiresAction,
            "processing" => IntentStatus.Processing,
            "succeeded" => IntentStatus.Succeeded,
            "canceled" => IntentStatus.Canceled,
            _ => IntentStatus.Other,
        },
        Amount = intent.Amount,
        AmountReceived = intent.AmountReceived,
        Currency = intent.Currency.ToUpperInvariant(),
        CustomerId = intent.CustomerId,
        PurchaseKey = intent.Metadata?.GetValueOrDefault(PurchaseKeyEntry),
        LiveMode = intent.Livemode,
        NextActionUrl = intent.NextAction?.RedirectToUrl?.Url,
        ErrorCode = intent.LastPaymentError?.Code,
        DeclineCode = intent.LastPaymentError?.DeclineCode,
        CreatedAt = At(intent.Created),
    };

    // A card that was removed since is no longer attached, and must not come back by an old page.
    private static CardReading CardOf(SetupIntent? setup, string? customerId) => new()
    {
        CustomerId = customerId,
        Card = setup is { Status: "succeeded", PaymentMethod: { Card: not null } method } && method.CustomerId == customerId ? Card(method) : null,
    };

    private static SavedCard Card(PaymentMethod method) => new()
    {
        Id = method.Id,
        Brand = method.Card.Brand,
        Last4 = method.Card.Last4,
        ExpMonth = (int)method.Card.ExpMonth,
        ExpYear = (int)method.Card.ExpYear,
        IsDefault = false,
        Fingerprint = method.Card.Fingerprint,
    };

#pragma warning disable CA1308 // Stripe writes currency codes in small letters.
    private static string ToStripe(string currency) => currency.ToLowerInvariant();
#pragma warning restore CA1308

    private sealed record Connection(string ApiKey, string? ApiBase, StripeClient Client, HttpClient Http);
}
