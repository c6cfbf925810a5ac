using Connect.Accounts;
using Connect.Api.Problems;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Messaging;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>Outcomes of the grains as problems: one switch each, null where the outcome is no problem.</summary>
internal static class Outcomes
{
    /// <summary>Problem of a command on an account.</summary>
    public static Problem? Problem(this PostResult result) => result.Outcome switch
    {
        PostOutcome.Posted or PostOutcome.AlreadyPosted => null,
        PostOutcome.OperationIdReused => Refuse.OperationIdReused(),
        PostOutcome.InvalidOperationId => Refuse.IdempotencyKeyInvalid(),
        PostOutcome.InvalidAmount => Refuse.Validation("credits", $"Credits must be a whole number from 1 to {AccountLimits.MaxCredits}."),
        PostOutcome.InvalidText => Refuse.Validation("reason", $"A reason has at most {AccountLimits.MaxTextLength} characters."),
        PostOutcome.InvalidExpiry => Refuse.Validation("expiresAt", "The expiry must lie in the future."),
        PostOutcome.UnknownAccount => Refuse.NotFound("account"),
        PostOutcome.InsufficientCredits => Refuse.InsufficientCredits(result.Required, result.Available),
        PostOutcome.BalanceLimit => Refuse.Validation("credits", $"An account holds at most {AccountLimits.MaxCredits} credits."),
        PostOutcome.UnknownBatch => Refuse.NotFound("batch with credits left"),
        PostOutcome.UnknownDebit => Refuse.NotFound("debit"),
        PostOutcome.ReversalExceedsDebit => Refuse.Validation("credits", "That is more than is left of the debit."),
        PostOutcome.InvalidSettings => Refuse.Validation(
            "credits", "Threshold and credits must be at least 1, and one top-up must lift the balance to the threshold: credits may not be less than the threshold."),
        PostOutcome.VersionConflict => Refuse.PreconditionFailed(),
        PostOutcome.NotApplicable => Refuse.Conflict("not-suspended", "Auto top-up is not suspended: there is nothing to retry."),
        PostOutcome.UnknownPurchase => Refuse.NotFound("paid purchase"),
        PostOutcome.UnknownRevocation => Refuse.NotFound("revocation"),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Outcome, null),
    };

    /// <summary>Problem of closing a review.</summary>
    public static Problem? Problem(this ReviewOutcome outcome) => outcome switch
    {
        ReviewOutcome.Closed => null,
        ReviewOutcome.UnknownPurchase => Refuse.NotFound("purchase"),
        ReviewOutcome.NotInReview => Refuse.Conflict("purchase-not-in-review", "This purchase does not wait for anybody."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>Problem of a confirm.</summary>
    public static Problem? Problem(this ConfirmOutcome outcome) => outcome switch
    {
        ConfirmOutcome.Accepted => null,
        ConfirmOutcome.UnknownQuote => Refuse.NotFound("quote"),
        ConfirmOutcome.QuoteExpired => Refuse.PriceChanged(),
        ConfirmOutcome.NoCard => Refuse.NoCard(),
        ConfirmOutcome.UnknownCard => Refuse.NotFound("saved card"),
        ConfirmOutcome.OtherCard => Refuse.OtherCard(),
        ConfirmOutcome.UnknownAccount => Refuse.NotFound("account"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>Problem of an order to refund.</summary>
    public static Problem? Problem(this RefundResult result) => result.Outcome switch
    {
        RefundOutcome.Accepted => null,
        RefundOutcome.UnknownPurchase => Refuse.NotFound("purchase"),
        RefundOutcome.NotCredited => Refuse.Conflict("purchase-not-credited", "This purchase was not paid and credited, so there is nothing to give back."),
        RefundOutcome.InvalidAmount => Refuse.Validation("amount", "The amount is at least 1 minor unit."),
        RefundOutcome.MoreThanLeft => Refuse.RefundMoreThanLeft(result.Left ?? 0),
        RefundOutcome.NothingLeft => Refuse.Conflict("already-refunded", "Everything that was paid has gone back already."),
        RefundOutcome.InvalidOperationId => Refuse.IdempotencyKeyInvalid(),
        RefundOutcome.InvalidText => Refuse.Validation("reason", $"A reason has 1 to {AccountLimits.MaxTextLength} characters of text."),
        RefundOutcome.OperationIdReused => Refuse.OperationIdReused(),
        RefundOutcome.Disputed => Refuse.Conflict("payment-disputed", "The payment is disputed. It can not be refunded; the dispute decides."),
        RefundOutcome.RefusedByStripe => Refuse.RefundRefused(result.Refund?.Finding),
        RefundOutcome.NeedsReview => Refuse.RefundNeedsReview(result.Refund?.Finding),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Outcome, null),
    };

    /// <summary>Problem of a purchase or card that the bank did not accept; null for endings that are no fault of the card.</summary>
    public static Problem? Problem(this PurchaseFailure failure, PurchaseBody? purchase = null) => failure.Code switch
    {
        FailureCode.CardDeclined or FailureCode.InsufficientFunds => Refuse.PaymentFailed("card-declined", "The card was declined", failure, purchase),
        FailureCode.CardExpired => Refuse.PaymentFailed("card-declined", "The card has expired", failure, purchase),
        FailureCode.AuthenticationRequired => Refuse.PaymentFailed("authentication-required", "The bank wants you to confirm", failure, purchase),
        FailureCode.NoCard => Refuse.NoCard(),
        FailureCode.MonthlyCap or FailureCode.Canceled or FailureCode.NeedsReview => null,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Code, null),
    };

    /// <summary>Problem of a call on a campaign.</summary>
    public static Problem? Problem(this CampaignOutcome outcome) => outcome switch
    {
        CampaignOutcome.Done => null,
        CampaignOutcome.UnknownCampaign => Refuse.NotFound("campaign"),
        CampaignOutcome.AlreadyExists => Refuse.OperationIdReused(),
        CampaignOutcome.NotADraft => Refuse.Conflict("campaign-not-a-draft", "This campaign is no longer a draft."),
        CampaignOutcome.AlreadyStarted => Refuse.Conflict("campaign-already-started", "This campaign was already started. It is never sent twice."),
        CampaignOutcome.NoRecipients => Refuse.Validation("recipients", "A campaign needs at least one recipient."),
        CampaignOutcome.EmptyText => Refuse.Validation("text", "The text is empty."),
        CampaignOutcome.MessageTooLong => Refuse.MessageTooLong(),
        CampaignOutcome.InvalidName => Refuse.Validation("name", "A name has 1 to 100 characters."),
        CampaignOutcome.InvalidSchedule => Refuse.Validation("scheduledAt", "The time to send lies in the past."),
        CampaignOutcome.InvalidRecipients => Refuse.Validation("recipients", "The recipients can not be added as they were given."),
        CampaignOutcome.StillImporting => Refuse.Conflict("campaign-importing", "The recipients of this campaign are still being added. Send it once they all are there."),
        CampaignOutcome.ListClosed => Refuse.Conflict("campaign-list-closed", "The list of this campaign is complete. Make another campaign for more recipients."),
        CampaignOutcome.UnknownFields => Refuse.Validation("text", "The text has places that the list of this campaign was not kept for. Make another campaign with the list for it."),
        CampaignOutcome.Ended => Refuse.Conflict("campaign-ended", "This campaign has ended."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The same of a change, where it says something else than of a send.</summary>
    public static Problem ProblemOfEdit(this CampaignOutcome outcome) => outcome switch
    {
        CampaignOutcome.AlreadyStarted => Refuse.Conflict("campaign-already-started", "This campaign has started. It can be changed only before that."),
        CampaignOutcome.StillImporting => Refuse.Conflict("campaign-importing", "The recipients of this campaign are still being added. Change its text once they all are there."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>Problem of a change of messaging settings.</summary>
    public static Problem? Problem(this MessagingSettingsOutcome outcome) => outcome switch
    {
        MessagingSettingsOutcome.Done => null,
        MessagingSettingsOutcome.InvalidCountry => Refuse.Validation("country", "This is no country whose phone numbers are known; use two letters, such as AU."),
        MessagingSettingsOutcome.InvalidSender => Refuse.Validation("number", "A sender is a plus sign and 7 to 15 digits, or a short code of 3 to 8 digits."),
        MessagingSettingsOutcome.SenderTaken => Refuse.Conflict("sender-taken", "Another account sends from this number."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>What is wrong with a row, as the end of a sentence.</summary>
    public static string Words(this RowProblem problem) => problem switch
    {
        RowProblem.ColumnCount => "has another number of columns than the header line",
        RowProblem.NumberTooLong => "has a number of more than 64 characters",
        RowProblem.TooManyFields => "has more than 50 fields that the text uses",
        RowProblem.FieldTooLong => "has a value of more than 480 characters",
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, null),
    };

    /// <summary>Problem of an automation message.</summary>
    public static Problem? Problem(this AutomationResult result) => result.Outcome switch
    {
        AutomationOutcome.Sent or AutomationOutcome.Failed or AutomationOutcome.Unknown or AutomationOutcome.OptedOut => null,
        AutomationOutcome.NotSentOutOfCredits => Refuse.InsufficientCredits(result.Required, result.Available),
        AutomationOutcome.InvalidNumber => Refuse.Validation("to", "This is not a phone number that can receive SMS; nothing was spent."),
        AutomationOutcome.EmptyText => Refuse.Validation("text", "The text is empty."),
        AutomationOutcome.MessageTooLong => Refuse.MessageTooLong(),
        AutomationOutcome.OperationIdReused => Refuse.OperationIdReused(),
        AutomationOutcome.UnknownAccount => Refuse.NotFound("account"),
        AutomationOutcome.GatewayUnavailable => Refuse.GatewayUnavailable(),
        AutomationOutcome.TooManyFlows => Refuse.Conflict("too-many-automations", $"An account has at most {IAutomationIndexGrain.MaxFlows} automations. Send with one of those you have."),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Outcome, null),
    };
}
