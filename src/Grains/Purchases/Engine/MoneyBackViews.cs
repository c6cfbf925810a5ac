using System.Collections.Immutable;
using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>The state of money that goes back, as operators see it.</summary>
public static class MoneyBackViews
{
    /// <summary>All of it.</summary>
    public static MoneyBackView Of(MoneyBackState state) => new()
    {
        Refunded = state.Paid.Amount - MoneyBackDecider.Left(state),
        RevokedCredits = state.Returns.Sum(one => one.Claimed),
        Shortfall = state.Returns.Sum(one => one.Shortfall),
        Refunds =
        [
            .. state.Returns.Where(one => !one.IsDispute).Select(one => Refund(state, one))
                .Concat(state.Orders.Where(order => state.Returns.All(one => one.Id != order.RefundId)).Select(order => Refund(state, order)))
                .OrderBy(refund => refund.At),
        ],
        Disputes = [.. state.Returns.Where(one => one.IsDispute).Select(one => Dispute(state, one)).OrderBy(dispute => dispute.At)],
        EarlyFraudWarnings = [.. state.Warnings.Select(warning => warning.Id)],
        Settled = MoneyBackDecider.Settled(state),
        ReadAt = state.ReadAt,
        Finding = state.Finding,
    };

    /// <summary>The refund of an order.</summary>
    public static RefundView Of(MoneyBackState state, OrderedRefund order) =>
        state.Returns.FirstOrDefault(one => one.Id == order.RefundId) is { } made ? Refund(state, made) : Refund(state, order);

    /// <summary>Whether an order has come to an end, its credits included.</summary>
    public static bool Ended(MoneyBackState state, OrderedRefund order) => order.Phase is OrderPhase.Refused or OrderPhase.NeedsReview
        || (order.Phase == OrderPhase.Made && MoneyBackDecider.Settled(state));

    private static RefundView Refund(MoneyBackState state, MoneyReturn made)
    {
        var order = made.OperationId is { } operation ? MoneyBackDecider.Find(state, operation) : null;
        var moving = made.Claims.Any(claim => claim.Phase is ClaimPhase.Revoking or ClaimPhase.Restoring);
        return new()
        {
            Id = made.Id,
            OperationId = made.OperationId,
            Amount = state.Paid with { Amount = made.Amount },
            Status = moving ? RefundStatus.Processing : !made.Holds ? RefundStatus.Failed : made.Unfinished ? RefundStatus.Pending : RefundStatus.Succeeded,
            Reason = made.Reason,
            Actor = order?.Order.Actor ?? "stripe",
            At = order?.At ?? made.At,
            Credits = made.Claimed,
            Shortfall = made.Shortfall,
            Finding = made.FailureReason,
        };
    }

    private static RefundView Refund(MoneyBackState state, OrderedRefund order) => new()
    {
        Id = order.RefundId,
        OperationId = order.Order.OperationId,
        Amount = (order.Amount ?? order.Order.Amount) is { } amount ? state.Paid with { Amount = amount } : null,
        Status = order.Phase is OrderPhase.Refused or OrderPhase.NeedsReview ? RefundStatus.Refused : RefundStatus.Processing,
        Reason = order.Order.Reason,
        Actor = order.Order.Actor,
        At = order.At,
        Finding = order.Finding,
    };

    private static DisputeView Dispute(MoneyBackState state, MoneyReturn one) => new()
    {
        Id = one.Id,
        Amount = state.Paid with { Amount = one.Amount },
        Status = one.Status,
        Reason = one.Reason,
        At = one.At,
        Holds = one.Holds,
        Credits = one.Claimed,
        Shortfall = one.Shortfall,
    };
}
