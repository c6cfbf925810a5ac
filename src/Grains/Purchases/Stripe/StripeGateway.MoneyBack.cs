using System.Collections.Immutable;
using Connect.Grains.Purchases.Engine;
using global::Stripe;
using global::Stripe.Radar;

namespace Connect.Grains.Purchases.Stripe;

/// <content>Refunds, disputes, and the lists that a reconciliation reads.</content>
public sealed partial class StripeGateway
{
    private const string OperationEntry = "refund_operation";
    private const string ReasonEntry = "refund_reason";
    private const int Page = 100;

    /// <inheritdoc />
    public Task<StripeAnswer<RefundReading>> CreateRefund(RefundRequest request, string idempotencyKey) => Ask("create refund", async client =>
    {
        var create = new RefundCreateOptions
        {
            PaymentIntent = request.IntentId,
            Amount = request.Amount,
            Reason = "requested_by_customer",
            Metadata = new()
            {
                [PurchaseKeyEntry] = request.PurchaseKey, [AccountEntry] = request.AccountId, [OperationEntry] = request.OperationId, [ReasonEntry] = request.Reason,
            },
        };
        return Reading(await client.V1.Refunds.CreateAsync(create, Key(idempotencyKey)));
    });

    /// <inheritdoc />
    public Task<StripeAnswer<ImmutableArray<RefundReading>>> ListRefunds(string intentId) => Ask("list refunds", client =>
        All(client.V1.Refunds.ListAutoPagingAsync(new RefundListOptions { PaymentIntent = intentId, Limit = Page }), Reading));

    /// <inheritdoc />
    public Task<StripeAnswer<ImmutableArray<DisputeReading>>> ListDisputes(string intentId) => Ask("list disputes", client =>
        All(client.V1.Disputes.ListAutoPagingAsync(new DisputeListOptions { PaymentIntent = intentId, Limit = Page }), Reading));

    /// <inheritdoc />
    public Task<StripeAnswer<ImmutableArray<string>>> ListEarlyFraudWarnings(string intentId) => Ask("list early fraud warnings", client =>
        All(client.V1.Radar.EarlyFraudWarnings.ListAutoPagingAsync(new EarlyFraudWarningListOptions { PaymentIntent = intentId, Limit = Page }), warning => warning.Id));

    /// <inheritdoc />
    public Task<StripeAnswer<StripePage<IntentReading>>> ListIntents(DateTimeOffset since, string? startingAfter) => Ask("list intents", async client => PageOf(
        await client.V1.PaymentIntents.ListAsync(new PaymentIntentListOptions { Created = Since(since), Limit = Page, StartingAfter = startingAfter }), Reading));

    /// <inheritdoc />
    public Task<StripeAnswer<StripePage<RefundReading>>> ListRefundsSince(DateTimeOffset since, string? startingAfter) => Ask("list refunds since", async client => PageOf(
        await client.V1.Refunds.ListAsync(new RefundListOptions { Created = Since(since), Limit = Page, StartingAfter = startingAfter }), Reading));

    /// <inheritdoc />
    public Task<StripeAnswer<StripePage<DisputeReading>>> ListDisputesSince(DateTimeOffset since, string? startingAfter) => Ask("list disputes since", async client => PageOf(
        await client.V1.Disputes.ListAsync(new DisputeListOptions { Created = Since(since), Limit = Page, StartingAfter = startingAfter }), Reading));

    /// <inheritdoc />
    public Task<StripeAnswer<StripePage<WarningReading>>> ListEarlyFraudWarningsSince(DateTimeOffset since, string? startingAfter) => Ask("list early fraud warnings since", async client => PageOf(
        await client.V1.Radar.EarlyFraudWarnings.ListAsync(new EarlyFraudWarningListOptions { Created = Since(since), Limit = Page, StartingAfter = startingAfter }),
        warning => new WarningReading { Id = warning.Id, IntentId = warning.PaymentIntentId, CreatedAt = At(warning.Created) }));

    private static DateRangeOptions Since(DateTimeOffset since) => new() { GreaterThanOrEqual = since.UtcDateTime };

    private static DateTimeOffset At(DateTime created) => new(DateTime.SpecifyKind(created, DateTimeKind.Utc));

    private static StripePage<TOut> PageOf<TIn, TOut>(StripeList<TIn> list, Func<TIn, TOut> read) => new() { Items = [.. list.Select(read)], HasMore = list.HasMore };

    private static async Task<ImmutableArray<TOut>> All<TIn, TOut>(IAsyncEnumerable<TIn> items, Func<TIn, TOut> read)
    {
        var all = ImmutableArray.CreateBuilder<TOut>();
        await foreach (var item in items) all.Add(read(item));
        return all.ToImmutable();
    }

    private static RefundReading Reading(Refund refund) => new()
    {
        Id = refund.Id,
        IntentId = refund.PaymentIntentId,
        Amount = refund.Amount,
        Currency = refund.Currency.ToUpperInvariant(),
        Status = refund.Status,
        CreatedAt = At(refund.Created),
        Reason = refund.Reason,
        FailureReason = refund.FailureReason,
        OperationId = refund.Metadata?.GetValueOrDefault(OperationEntry),
        PurchaseKey = refund.Metadata?.GetValueOrDefault(PurchaseKeyEntry),
    };

    private static DisputeReading Reading(Dispute dispute) => new()
    {
        Id = dispute.Id,
        IntentId = dispute.PaymentIntentId,
        Amount = dispute.Amount,
        Currency = dispute.Currency.ToUpperInvariant(),
        Status = dispute.Status,
        CreatedAt = At(dispute.Created),
        Reason = dispute.Reason,

        // Each movement of money for the dispute is listed: out when it was withdrawn, in when it came back.
        Reinstated = dispute.BalanceTransactions is { Count: > 1 } moved && moved.Sum(one => one.Amount) >= 0,
    };
}
