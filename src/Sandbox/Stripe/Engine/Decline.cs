namespace Connect.Sandbox.Stripe;

/// <summary>Why a card was refused, in Stripe's codes.</summary>
/// <param name="Code">The error code.</param>
/// <param name="DeclineCode">The bank's reason, or null when no bank was asked.</param>
/// <param name="AdviceCode">What to do about it, or null.</param>
/// <param name="Message">A sentence for the payer.</param>
internal sealed record Decline(string Code, string? DeclineCode, string? AdviceCode, string Message)
{
    private const string CardDeclined = "card_declined";
    private const string TryLater = "try_again_later";
    private const string DoNotTry = "do_not_try_again";
    private const string ConfirmData = "confirm_card_data";

    /// <summary>No reason given.</summary>
    public static Decline Generic { get; } = new(CardDeclined, "generic_decline", TryLater, "Your card was declined.");

    /// <summary>Not enough money.</summary>
    public static Decline InsufficientFunds { get; } = new(CardDeclined, "insufficient_funds", TryLater, "Your card has insufficient funds.");

    /// <summary>Reported lost; the payer is not told.</summary>
    public static Decline Lost { get; } = new(CardDeclined, "lost_card", DoNotTry, "Your card was declined.");

    /// <summary>Reported stolen; the payer is not told.</summary>
    public static Decline Stolen { get; } = new(CardDeclined, "stolen_card", DoNotTry, "Your card was declined.");

    /// <summary>Past its date.</summary>
    public static Decline Expired { get; } = new("expired_card", "expired_card", ConfirmData, "Your card has expired.");

    /// <summary>Wrong security code.</summary>
    public static Decline IncorrectCvc { get; } = new("incorrect_cvc", "incorrect_cvc", ConfirmData, "Your card's security code is incorrect.");

    /// <summary>The bank had an error.</summary>
    public static Decline ProcessingError { get; } =
        new("processing_error", "processing_error", TryLater, "An error occurred while processing your card. Try again in a little bit.");

    /// <summary>Blocked as too risky before any bank was asked.</summary>
    public static Decline Blocked { get; } = new(CardDeclined, "fraudulent", DoNotTry, "Your card was declined.");

    /// <summary>The owner has to authenticate, and is not there.</summary>
    public static Decline AuthenticationRequired { get; } =
        new("authentication_required", "authentication_required", null, "Your card was declined. This transaction requires authentication.");

    /// <summary>The owner failed to authenticate at the bank's page.</summary>
    public static Decline AuthenticationFailed { get; } = new(
        "payment_intent_authentication_failure",
        null,
        null,
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.");
}
