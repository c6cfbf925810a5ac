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

    /// <summary>What went back of a purchase, and the credits with it.</summary>
    public static string MoneyBack(MoneyBackBody back)
    {
        var taken = back.Credits > 0 ? $" {Shown.Credits(back.Credits)} went back with it." : "";
        return back switch
        {
            { Disputed: true } => $"The payment is disputed at the bank.{taken}",
            { Refunded.Amount: > 0 } => $"{Shown.Amount(back.Refunded)} refunded to the card.{taken}",
            _ => "The credits were added.",
        };
    }
}
