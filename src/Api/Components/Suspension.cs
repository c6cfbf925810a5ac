using Connect.Accounts;
using Connect.Api.Application;

namespace Connect.Api.Components;

/// <summary>A suspended auto top-up in the words of the pages: why, what brings it back, and which buttons can help.</summary>
internal static class Suspension
{
    private const string Prefix = "Paused: ";

    /// <summary>Why it is not buying, or is suspended: the account's sentence without the word that says that it is, for places that say so themselves.</summary>
    public static string Why(AutoTopUpBody topUp) =>
        topUp.Reason.StartsWith(Prefix, StringComparison.Ordinal) ? char.ToUpperInvariant(topUp.Reason[Prefix.Length]) + topUp.Reason[(Prefix.Length + 1)..] : topUp.Reason;

    /// <summary>What brings it back.</summary>
    public static string Cure(AutoTopUpBody topUp) => topUp.SuspendedBecause switch
    {
        SuspensionReason.CardDeclined =>
            "It goes on by itself when you add another card or choose another default card, or when you buy credits yourself with this card. "
            + "If the bank says yes by now, try again.",
        SuspensionReason.CardExpired => "It goes on by itself when you add a card that has not expired.",
        SuspensionReason.NoCard => "It goes on by itself when you add a card.",
        SuspensionReason.AuthenticationRequired =>
            "It goes on by itself when you set the card up again with your bank's approval, or when you buy credits yourself once with this card.",
        SuspensionReason.MonthlyCap => "It goes on by itself next month (UTC), or at once when you raise the monthly cap and save.",
        SuspensionReason.NeedsReview =>
            "We look at the payment and switch auto top-up on again. Until then buy credits yourself.",
        SuspensionReason.Dispute =>
            "A payment of this account is disputed at the bank. We switch auto top-up on again once it is settled; until then buy credits yourself.",
        SuspensionReason.EarlyFraudWarning =>
            "The bank warned about a payment of this account. We switch auto top-up on again once that is settled; until then buy credits yourself.",
        _ => "",
    };

    /// <summary>What the link to its page says.</summary>
    public static string Link(AutoTopUpBody topUp) => topUp.SuspendedBecause switch
    {
        SuspensionReason.MonthlyCap => "Raise the cap",
        SuspensionReason.NeedsReview or SuspensionReason.Dispute or SuspensionReason.EarlyFraudWarning => "See what to do",
        _ => "Update the card",
    };

    /// <summary>Whether only Connect brings it back.</summary>
    public static bool TakesConnect(AutoTopUpBody topUp) => topUp.SuspendedBecause is SuspensionReason.NeedsReview or SuspensionReason.Dispute or SuspensionReason.EarlyFraudWarning;

    /// <summary>Whether another card brings it back.</summary>
    public static bool CardHelps(AutoTopUpBody topUp) => topUp.SuspendedBecause is
        SuspensionReason.CardDeclined or SuspensionReason.CardExpired or SuspensionReason.NoCard or SuspensionReason.AuthenticationRequired;

    /// <summary>
    /// Whether the owner's retry may end otherwise than before: the bank may have changed its mind, or the card that was missing or past its date is
    /// there by now.
    /// </summary>
    public static bool RetryHelps(AutoTopUpBody topUp) => topUp.SuspendedBecause switch
    {
        SuspensionReason.CardDeclined => true,
        SuspensionReason.CardExpired or SuspensionReason.NoCard => topUp.Card is AutoTopUpCard.Ready or AutoTopUpCard.ExpiresSoon,
        _ => false,
    };

    /// <summary>Whether a purchase by the owner brings it back.</summary>
    public static bool BuyingHelps(AutoTopUpBody topUp) => topUp.SuspendedBecause is SuspensionReason.AuthenticationRequired;
}
