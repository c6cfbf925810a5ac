using System.Collections.Immutable;
using Connect.Operations;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>Money of a purchase that went back, as its owner sees it. A dispute's reason and what is left to do are for operators.</summary>
/// <param name="Refunded">Minor units refunded.</param>
/// <param name="Credits">Credits that refunds and disputes have taken away.</param>
/// <param name="Refunds">The refunds, oldest first.</param>
/// <param name="Disputed">Whether a dispute of the payment is open or was lost.</param>
public sealed record MoneyBackBody(Money Refunded, long Credits, ImmutableArray<RefundBody> Refunds, bool Disputed)
{
    /// <summary>What an owner sees, or null while nothing went back.</summary>
    internal static MoneyBackBody? Of(MoneyBackView view, string currency)
    {
        var refunds = view.Refunds.Where(refund => refund is { Id: not null, Amount: not null }).ToImmutableArray();
        return refunds.IsEmpty && view.Disputes.IsEmpty
            ? null
            : new(new Money { Amount = view.Refunded, Currency = currency }, view.RevokedCredits,
                [.. refunds.Select(refund => new RefundBody(refund.Id!, refund.Status, refund.Amount!, refund.At, refund.Credits))], view.Disputes.Any(dispute => dispute.Holds));
    }
}

/// <summary>A refund as the owner of the account sees it.</summary>
/// <param name="Id">The payment provider's id.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Amount">What goes back.</param>
/// <param name="At">When it was made, UTC.</param>
/// <param name="Credits">Credits that it took away.</param>
public sealed record RefundBody(string Id, RefundStatus Status, Money Amount, DateTimeOffset At, long Credits);

/// <summary>A purchase as operators see it.</summary>
/// <param name="Purchase">The purchase, with the state of its machine, the payment intent and what was found.</param>
/// <param name="MoneyBack">Refunds, disputes and early fraud warnings.</param>
public sealed record OperatorPurchaseBody(PurchaseView Purchase, MoneyBackView MoneyBack);

/// <summary>What a check of a purchase against the payment provider told.</summary>
/// <param name="Settled">Whether everything the payment provider says is known here and acted upon; check again later if not.</param>
/// <param name="Purchase">The purchase.</param>
/// <param name="MoneyBack">Refunds, disputes and early fraud warnings.</param>
public sealed record PurchaseCheckBody(bool Settled, PurchaseView Purchase, MoneyBackView MoneyBack);

/// <summary>The reconciliations that are remembered.</summary>
/// <param name="Reconciliations">Newest first.</param>
public sealed record ReconciliationsBody(ImmutableArray<ReconciliationReport> Reconciliations);
