using System.Collections.Immutable;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Components;

/// <summary>How purchases ended, in the words of the pages.</summary>
internal static class PurchaseWords
{
    /// <summary>A purchase that ended without credits, as a problem to show.</summary>
    public static Problem Failed(PurchaseFailure failure) => failure.Problem() ?? Refuse.Conflict("purchase-failed", failure.Message) with
    {
        Title = failure.Code switch
        {
            FailureCode.NeedsReview => "We are checking this payment",
            FailureCode.MonthlyCap => "The monthly cap is reached",
            _ => "The purchase was not completed",
        },
    };

    /// <summary>
    /// Purchases with and without credits in one list, newest first. The latter are few and come all at once: each shows where it belongs among the pages
    /// that are there.
    /// </summary>
    public static IEnumerable<PurchaseBody> Together(ImmutableArray<PurchaseBody> paid, ImmutableArray<PurchaseBody> unpaid, bool wasLast) => paid
        .Concat(unpaid.Where(purchase => wasLast || paid.IsEmpty || purchase.RequestedAt >= paid[^1].RequestedAt))
        .OrderByDescending(purchase => purchase.RequestedAt);

    /// <summary>What went back of a purchase, and the credits with it.</summary>
    public static string MoneyBack(MoneyBackBody back)
    {
        var taken = back.Credits > 0 ? $" {Shown.Count(back.Credits, "credit was", "credits were")} taken back." : "";
        return back switch
        {
            { Disputed: true } => $"The payment is disputed at the bank.{taken}",
            { Refunded.Amount: > 0 } => $"{Shown.Amount(back.Refunded)} refunded to the card.{taken}",
            _ => "The credits were added.",
        };
    }
}
