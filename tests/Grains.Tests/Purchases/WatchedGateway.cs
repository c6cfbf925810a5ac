using System.Collections.Immutable;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases;

/// <summary>The real gateway, counting what is under way and what was asked, so that a test moves the clock only while nothing is.</summary>
internal sealed class WatchedGateway(StripeGateway inner) : IStripeGateway
{
    private readonly List<string> _asked = [];
    private int _underWay;
    private (string What, Task Until)? _held;

    public bool Idle => Volatile.Read(ref _underWay) == 0;

    /// <summary>What was asked, in order, such as <c>confirm pi:a/1:c1</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    /// <summary>What is asked of that kind gets no answer until the task has ended.</summary>
    public void Hold(string what, Task until) => _held = (what, until);

    public Task<StripeAnswer<string>> CreateCustomer(string accountId, string idempotencyKey) =>
        Watch($"customer {idempotencyKey}", () => inner.CreateCustomer(accountId, idempotencyKey));

    public Task<StripeAnswer<IntentReading?>> CreateIntent(IntentOrder order, string idempotencyKey) =>
        Watch($"create {idempotencyKey}", () => inner.CreateIntent(order, idempotencyKey));

    public Task<StripeAnswer<IntentReading?>> FindIntent(string customerId, DateTimeOffset createdSince, string purchaseKey) =>
        Watch($"find {purchaseKey}", () => inner.FindIntent(customerId, createdSince, purchaseKey));

    public Task<StripeAnswer<IntentReading?>> ConfirmIntent(string intentId, string purchaseKey, bool automatic, string idempotencyKey) =>
        Watch($"confirm {idempotencyKey}", () => inner.ConfirmIntent(intentId, purchaseKey, automatic, idempotencyKey));

    public Task<StripeAnswer<IntentReading?>> ReadIntent(string intentId) => Watch("read", () => inner.ReadIntent(intentId));

    public Task<StripeAnswer<IntentReading?>> CancelIntent(string intentId) => Watch("cancel", () => inner.CancelIntent(intentId));

    public Task<StripeAnswer<CardSetup>> BeginSetup(string customerId, string returnUrl, string cancelUrl) =>
        Watch("begin setup", () => inner.BeginSetup(customerId, returnUrl, cancelUrl));

    public Task<StripeAnswer<CardReading>> ReadSetup(string sessionOrSetupIntentId) => Watch($"read setup {sessionOrSetupIntentId}", () => inner.ReadSetup(sessionOrSetupIntentId));

    public Task<StripeAnswer<CardReading>> ReadCard(string paymentMethodId) => Watch($"read card {paymentMethodId}", () => inner.ReadCard(paymentMethodId));

    public Task<StripeAnswer<string?>> FindPurchase(string intentOrChargeId) => Watch($"find purchase {intentOrChargeId}", () => inner.FindPurchase(intentOrChargeId));

    public Task<StripeAnswer<string?>> FindAccount(string customerId) => Watch($"find account {customerId}", () => inner.FindAccount(customerId));

    public Task<StripeAnswer<bool>> IsCustomerDeleted(string customerId) => Watch($"read customer {customerId}", () => inner.IsCustomerDeleted(customerId));

    public Task<StripeAnswer<SavedCard>> Attach(string customerId, string paymentMethodId) => Watch("attach", () => inner.Attach(customerId, paymentMethodId));

    public Task<StripeAnswer<string>> Detach(string paymentMethodId) => Watch("detach", () => inner.Detach(paymentMethodId));

    public Task<StripeAnswer<RefundReading>> CreateRefund(RefundRequest request, string idempotencyKey) =>
        Watch($"refund {idempotencyKey}", () => inner.CreateRefund(request, idempotencyKey));

    public Task<StripeAnswer<ImmutableArray<RefundReading>>> ListRefunds(string intentId) => Watch("list refunds", () => inner.ListRefunds(intentId));

    public Task<StripeAnswer<ImmutableArray<DisputeReading>>> ListDisputes(string intentId) => Watch("list disputes", () => inner.ListDisputes(intentId));

    public Task<StripeAnswer<ImmutableArray<string>>> ListEarlyFraudWarnings(string intentId) => Watch("list warnings", () => inner.ListEarlyFraudWarnings(intentId));

    public Task<StripeAnswer<StripePage<IntentReading>>> ListIntents(DateTimeOffset since, string? startingAfter) =>
        Watch($"intents after {startingAfter}", () => inner.ListIntents(since, startingAfter));

    public Task<StripeAnswer<StripePage<RefundReading>>> ListRefundsSince(DateTimeOffset since, string? startingAfter) =>
        Watch($"refunds after {startingAfter}", () => inner.ListRefundsSince(since, startingAfter));

    public Task<StripeAnswer<StripePage<DisputeReading>>> ListDisputesSince(DateTimeOffset since, string? startingAfter) =>
        Watch($"disputes after {startingAfter}", () => inner.ListDisputesSince(since, startingAfter));

    public Task<StripeAnswer<StripePage<WarningReading>>> ListEarlyFraudWarningsSince(DateTimeOffset since, string? startingAfter) =>
        Watch($"warnings after {startingAfter}", () => inner.ListEarlyFraudWarningsSince(since, startingAfter));

    private async Task<T> Watch<T>(string what, Func<Task<T>> ask)
    {
        lock (_asked) _asked.Add(what);
        Interlocked.Increment(ref _underWay);
        try
        {
            if (_held is { } held && what.StartsWith(held.What, StringComparison.Ordinal)) await held.Until;
            return await ask();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
