using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Api.Application;
using Connect.Purchases;

namespace Connect.Api.Problems;

/// <summary>Every problem this API answers with. Slugs never change.</summary>
public static class Refuse
{
    /// <summary>400: an input is missing, malformed or out of bounds.</summary>
    public static Problem Validation(string field, string detail) => new()
    {
        Type = "validation", Status = 400, Title = "The request is not valid", Detail = detail, Field = field,
        More = With(("errors", new Dictionary<string, string[]> { [field] = [detail] })),
    };

    /// <summary>401: no valid token or session.</summary>
    public static Problem SignInRequired() => Make("sign-in-required", 401, "Sign in", "Send a valid bearer token, or sign in.");

    /// <summary>403: the caller belongs to another account.</summary>
    public static Problem AccountAccessDenied() =>
        Make("account-access-denied", 403, "Not your account", "Your sign-in does not give access to this account.");

    /// <summary>403: the caller may not see or spend credits of the account.</summary>
    public static Problem BillingAccessRequired() =>
        Make("billing-access-required", 403, "Billing access required", "Ask an admin on your account to buy credits for you, or to grant you billing access.");

    /// <summary>403: the caller is there for billing, and may not see or change whom the account sends to.</summary>
    public static Problem CampaignAccessRequired() =>
        Make("campaign-access-required", 403, "Campaign access required", "You have billing access only. Ask an admin on your account.");

    /// <summary>403: only operators may.</summary>
    public static Problem OperatorRequired() => Make("operator-required", 403, "Operators only", "Only operators may do this.");

    /// <summary>404: there is no such thing here.</summary>
    public static Problem NotFound(string what) => Make("not-found", 404, "Not found", $"There is no {what} here.");

    /// <summary>405 and the like: the address exists, the request does not fit it.</summary>
    public static Problem Unsuitable(int status, string title) => Make("unsuitable-request", status, title, $"{title}: see /docs for what this address accepts.");

    /// <summary>413: the body is larger than this address takes.</summary>
    public static Problem TooLarge() => Make("body-too-large", 413, "The request is too large", "Send fewer recipients in one request.");

    /// <summary>402: not enough credits; nothing was spent or sent.</summary>
    public static Problem InsufficientCredits(long required, long available) =>
        Make("insufficient-credits", 402, "Not enough credits", $"This needs {required} credits and {available} are available. Nothing was sent.")
            with { More = With(("required", required), ("available", available), ("shortfall", required - available)) };

    /// <summary>402: the purchase ended without a charge, for a reason that lies with the card.</summary>
    public static Problem PaymentFailed(string slug, string title, PurchaseFailure failure, PurchaseBody? purchase) =>
        Make(slug, 402, title, failure.Message) with { More = With(("id", purchase?.Id), ("failure", failure), ("purchase", purchase)) };

    /// <summary>409: there is no saved card to charge.</summary>
    public static Problem NoCard() => Make("no-card", 409, "No saved card", "Add a card first; nothing was charged.");

    /// <summary>409: the quote no longer holds.</summary>
    public static Problem PriceChanged() =>
        Make("price-changed", 409, "The price may have changed", "This quote has expired. Ask for a new one; nothing was charged.");

    /// <summary>409: the quote was already confirmed with another card.</summary>
    public static Problem OtherCard() =>
        Make("already-confirmed", 409, "Already confirmed", "This quote was already confirmed with another card. Ask for a new quote to buy again.");

    /// <summary>422: the text takes more than three parts.</summary>
    public static Problem MessageTooLong(int? parts = null, int? units = null) =>
        Make("message-too-long", 422, "The message is too long", "A message may take at most three parts. Shorten the text; nothing was charged.")
            with { Field = "text", More = parts is null ? With() : With(("parts", parts), ("units", units)) };

    /// <summary>400: a POST that moves credits or money came without a key.</summary>
    public static Problem IdempotencyKeyRequired() =>
        Make("idempotency-key-required", 400, "Idempotency-Key required", "Send an Idempotency-Key header: a new one for each new request, the same one when repeating it.")
            with { Field = "Idempotency-Key" };

    /// <summary>400: the key can not be used.</summary>
    public static Problem IdempotencyKeyInvalid() =>
        Validation("Idempotency-Key", "An Idempotency-Key has 1 to 200 printable ASCII characters.");

    /// <summary>409: the first request with the key is still running.</summary>
    public static Problem IdempotencyKeyInUse() =>
        Make("idempotency-key-in-use", 409, "Still running", "The first request with this Idempotency-Key is still running. Repeat it in a moment.") with { RetryAfter = 1 };

    /// <summary>422: the key or operation id was used for something else.</summary>
    public static Problem OperationIdReused() =>
        Make("operation-id-reused", 422, "Key used before", "This Idempotency-Key was used before for another request. Use a new one.");

    /// <summary>412: somebody else changed it first.</summary>
    public static Problem PreconditionFailed() =>
        Make("precondition-failed", 412, "Changed meanwhile", "The settings were changed since you read them. Read them again, then save.") with { Field = "If-Match" };

    /// <summary>428: the caller must say which version it changes.</summary>
    public static Problem PreconditionRequired() =>
        Make("precondition-required", 428, "If-Match required", "Send If-Match with the ETag of the settings you read.") with { Field = "If-Match" };

    /// <summary>409: what was asked for does not fit the state it is in.</summary>
    public static Problem Conflict(string slug, string detail) => Make(slug, 409, "Not possible now", detail);

    /// <summary>409: more than is left of a payment was to be given back.</summary>
    public static Problem RefundMoreThanLeft(long left) =>
        Conflict("refund-more-than-left", "This is more than is left of what was paid.") with { Field = "amount", More = With(("left", left)) };

    /// <summary>409: the payment provider refused a refund.</summary>
    public static Problem RefundRefused(string? finding) =>
        Conflict("refund-refused", "The payment provider refused this refund. Nothing went back.") with { More = With(("finding", finding)) };

    /// <summary>409: nobody knows whether a refund was made.</summary>
    public static Problem RefundNeedsReview(string? finding) =>
        Conflict("refund-needs-review", "The payment provider failed in a way that may hide this refund, and it has not shown for an hour. Look at the payment there before you order another one.")
            with { More = With(("finding", finding)) };

    /// <summary>503: a receipt must name its seller, who is not configured.</summary>
    public static Problem ReceiptsNotConfigured() =>
        Make("receipts-not-configured", 503, "No receipts yet", "Receipts:Seller and Receipts:Abn are not configured on this host.") with { RetryAfter = 3_600 };

    /// <summary>409: auto top-up is suspended for a reason that no retry ends.</summary>
    public static Problem AutoTopUpNotResumable(SuspensionReason suspended) => Conflict("auto-top-up-not-resumable", suspended switch
    {
        SuspensionReason.MonthlyCap => "Auto top-up has reached its monthly cap. It goes on next month, or when you set a higher cap.",
        SuspensionReason.NeedsReview => "We have to look at the last payment of auto top-up before it goes on. Nothing more is charged until then.",
        SuspensionReason.Dispute => "A payment was disputed. Auto top-up stays off until that is cleared up.",
        SuspensionReason.EarlyFraudWarning => "The card network warned about a payment. Auto top-up stays off until that is cleared up.",
        _ => "Auto top-up was stopped again meanwhile. Look at why, and try again.",
    });

    /// <summary>403: a browser sent the session's cookie with a request that another site's page made.</summary>
    public static Problem CrossSiteRequest() =>
        Make("cross-site-request", 403, "Not from another site", "A page of another site can not use your sign-in. Send a bearer token, or make the request from our own pages.");

    /// <summary>429: too many requests of one account or address.</summary>
    public static Problem TooManyRequests(int retryAfter) =>
        Make("too-many-requests", 429, "Too many requests", "Requests come faster than is allowed.") with { RetryAfter = retryAfter };

    /// <summary>503: the SMS gateway takes nothing just now; nothing was sent or spent.</summary>
    public static Problem GatewayUnavailable() =>
        Make("gateway-unavailable", 503, "Messages can not be sent just now", "The SMS gateway does not take messages just now. Nothing was sent or spent. Repeat the request with the same Idempotency-Key.")
            with { RetryAfter = 10 };

    /// <summary>503: the account could not be reached or written; repeating is safe.</summary>
    public static Problem AccountUnavailable() =>
        Make("account-unavailable", 503, "Try again", "The account can not be reached just now. Repeat the request with the same Idempotency-Key; nothing will happen twice.")
            with { RetryAfter = 1 };

    /// <summary>503: the payment provider did not answer.</summary>
    public static Problem PaymentProviderUnavailable() =>
        Make("payment-provider-unavailable", 503, "Payments are unavailable", "The payment provider does not answer just now. Nothing was saved or charged; try again soon.")
            with { RetryAfter = 5 };

    /// <summary>400: this is no event of Stripe for us.</summary>
    public static Problem Webhook(string detail) => Make("webhook-refused", 400, "Not an event for us", detail);

    /// <summary>413: no event of Stripe is that large.</summary>
    public static Problem WebhookTooLarge(int maxBytes) => Make("body-too-large", 413, "The request is too large", $"An event has at most {maxBytes} bytes.");

    /// <summary>503: the event could not be kept; Stripe sends it again.</summary>
    public static Problem WebhookNotStored() => Make("webhook-not-stored", 503, "Try again", "The event could not be stored just now. Send it again.") with { RetryAfter = 5 };

    /// <summary>503: no secret is configured, so nobody can tell whether an event is Stripe's.</summary>
    public static Problem WebhooksNotConfigured() =>
        Make("webhooks-not-configured", 503, "Webhooks are not configured", "Stripe:WebhookSecret is not configured on this host. Events are accepted once it is.") with { RetryAfter = 3_600 };

    /// <summary>503: what the SMS gateway told could not be kept; it tells it again.</summary>
    public static Problem CallbackNotStored() => Make("callback-not-stored", 503, "Try again", "This could not be stored just now. Send it again.") with { RetryAfter = 5 };

    /// <summary>403: not from our SMS gateway.</summary>
    public static Problem GatewaySecretWrong() => Make("gateway-secret-wrong", 403, "Not from our gateway", "The password of the callback's address is not Kannel:CallbackSecret.");

    /// <summary>500: a fault of this program.</summary>
    public static Problem Internal(string reference) =>
        Make("internal-error", 500, "Something went wrong", "This is our fault and has been logged. Repeating with the same Idempotency-Key is safe.")
            with { More = With(("reference", reference)) };

    private static Problem Make(string type, int status, string title, string detail) => new() { Type = type, Status = status, Title = title, Detail = detail };

    private static ImmutableDictionary<string, object?> With(params (string Name, object? Value)[] members) =>
        members.ToImmutableDictionary(member => member.Name, member => member.Value);
}
