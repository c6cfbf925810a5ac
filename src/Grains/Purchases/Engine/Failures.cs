using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>
/// What customers are told. A lost, stolen or suspected card is never named as such: whoever reads it may not be its owner.
/// </summary>
public static class Failures
{
    /// <summary>Nobody confirmed or paid in time.</summary>
    public static readonly PurchaseFailure TimedOut =
        new() { Code = FailureCode.Canceled, Message = "The payment was not completed in time. Nothing was charged. You can buy again." };

    /// <summary>No saved card.</summary>
    public static readonly PurchaseFailure NoCard =
        new() { Code = FailureCode.NoCard, Message = "No card is saved. Nothing was charged. Add a card and try again." };

    /// <summary>Above the monthly cap.</summary>
    public static readonly PurchaseFailure MonthlyCap =
        new() { Code = FailureCode.MonthlyCap, Message = "This would pass the monthly cap of auto top-up. Nothing was charged. Raise the cap or wait for next month." };

    /// <summary>An operator must look.</summary>
    public static readonly PurchaseFailure NeedsReview =
        new() { Code = FailureCode.NeedsReview, Message = "We are checking this payment. Please do not pay again." };

    /// <summary>The quantity is not sold.</summary>
    public static readonly PurchaseFailure NotSold =
        new() { Code = FailureCode.NeedsReview, Message = "This number of credits is not sold at once. Nothing was charged. Change the number of credits of auto top-up." };

    /// <summary>The bank wants the customer present.</summary>
    public static PurchaseFailure AuthenticationRequired(SavedCard? card) => new()
    {
        Code = FailureCode.AuthenticationRequired,
        Message = $"The bank of {Name(card)} wants you to approve this payment. Nothing was charged. Buy credits yourself once, or add the card again.",
    };

    /// <summary>The card is past its date.</summary>
    public static PurchaseFailure CardExpired(SavedCard? card) =>
        new() { Code = FailureCode.CardExpired, Message = $"{Capital(Name(card))} has expired. Nothing was charged. Add a new card and try again." };

    /// <summary>What Stripe's and the bank's codes mean for the customer.</summary>
    public static PurchaseFailure Declined(string? code, string? declineCode, SavedCard? card) => (code, declineCode) switch
    {
        ("expired_card", _) or (_, "expired_card") => CardExpired(card),
        ("authentication_required", _) or (_, "authentication_required") => AuthenticationRequired(card),
        ("insufficient_funds", _) or (_, "insufficient_funds") => new()
        {
            Code = FailureCode.InsufficientFunds,
            Message = $"{Capital(Name(card))} was declined for insufficient funds. Nothing was charged. Use another card or try again later.",
        },
        ("payment_intent_authentication_failure", _) => new()
        {
            Code = FailureCode.CardDeclined,
            Message = $"The bank could not confirm that {Name(card)} is yours. Nothing was charged. Try again or use another card.",
        },
        _ => new() { Code = FailureCode.CardDeclined, Message = $"The bank declined {Name(card)}. Nothing was charged. Use another card or ask your bank." },
    };

    /// <summary>What a failed top-up means for auto top-up.</summary>
    public static SuspensionReason SuspensionOf(FailureCode code) => code switch
    {
        FailureCode.CardDeclined or FailureCode.InsufficientFunds => SuspensionReason.CardDeclined,
        FailureCode.CardExpired => SuspensionReason.CardExpired,
        FailureCode.AuthenticationRequired => SuspensionReason.AuthenticationRequired,
        FailureCode.NoCard => SuspensionReason.NoCard,
        FailureCode.MonthlyCap => SuspensionReason.MonthlyCap,
        _ => SuspensionReason.NeedsReview,
    };

    private static string Name(SavedCard? card) => card is null ? "the card" : $"the card ending {card.Last4}";

    private static string Capital(string text) => string.Concat("T", text.AsSpan(1));
}
