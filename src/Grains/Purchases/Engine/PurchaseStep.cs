namespace Connect.Grains.Purchases.Engine;

/// <summary>What a purchase does next.</summary>
public enum PurchaseCall
{
    /// <summary>Nothing is left to do.</summary>
    Nothing,

    /// <summary>Nothing until <see cref="PurchaseStep.Until"/>.</summary>
    Wait,

    /// <summary>Ask for the card to charge.</summary>
    ChooseCard,

    /// <summary>Create the intent, unconfirmed, under <see cref="PurchaseKeys.Create"/>.</summary>
    CreateIntent,

    /// <summary>Look for an intent that an earlier create may have made.</summary>
    FindIntent,

    /// <summary>Confirm the intent, under <see cref="PurchaseKeys.Confirm"/>.</summary>
    ConfirmIntent,

    /// <summary>Read the intent.</summary>
    ReadIntent,

    /// <summary>Cancel the intent.</summary>
    CancelIntent,

    /// <summary>Grant the credits.</summary>
    GrantCredits,

    /// <summary>Tell the account's auto top-up: suspend it after a failed top-up, arm it again after a paid manual purchase.</summary>
    TellAccount,
}

/// <summary>The state to save first, and then the call to make.</summary>
/// <param name="State">To be durable before the call.</param>
/// <param name="Call">The call.</param>
/// <param name="Until">For <see cref="PurchaseCall.Wait"/>: when to ask again, UTC.</param>
public readonly record struct PurchaseStep(PurchaseState State, PurchaseCall Call, DateTimeOffset? Until = null);

/// <summary>Names under which Stripe and the account tell a repetition from something new. <c>id</c> is the purchase grain's key, account included.</summary>
public static class PurchaseKeys
{
    /// <summary>Whether a text is a purchase grain's key: an account id, a slash and a purchase id, each 1 to 64 of A-Z, a-z, 0-9, '-' and '_'.</summary>
    public static bool IsKey(string? text) => text?.Split('/') is [var account, var purchase] && IsId(account) && IsId(purchase);

    /// <summary>Whether a text is an account's or a purchase's id: 1 to 64 of A-Z, a-z, 0-9, '-' and '_'.</summary>
    public static bool IsId(string? text) => text is { Length: >= 1 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Idempotency key of a create.</summary>
    public static string Create(string id, int number) => number == 1 ? $"pi:{id}" : FormattableString.Invariant($"pi:{id}:{number}");

    /// <summary>Idempotency key of a confirm.</summary>
    public static string Confirm(string id, int intentNumber, int number) => FormattableString.Invariant($"{Create(id, intentNumber)}:c{number}");

    /// <summary>Operation id of the grant; <paramref name="purchaseId"/> is the id within the account.</summary>
    public static string Grant(string purchaseId) => $"purchase:{purchaseId}";

    /// <summary>Operation id of suspending auto top-up.</summary>
    public static string Suspend(string purchaseId) => $"top-up-failed:{purchaseId}";

    /// <summary>Operation id of arming auto top-up again.</summary>
    public static string Resume(string purchaseId) => $"purchase-paid:{purchaseId}";

    /// <summary>Operation id of arming auto top-up again after a top-up failed with a card that was another one by then.</summary>
    public static string ResumeWithOtherCard(string purchaseId) => $"top-up-other-card:{purchaseId}";
}
