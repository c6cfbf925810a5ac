using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>
/// What a purchase does next and what it learns from each answer. Pure: no clock, no calls.
/// The rule behind it: an intent charges at most once, so it is created unconfirmed, its id is saved, and only then it is confirmed;
/// after any doubt the intent is read, and its status decides.
/// </summary>
public static class PurchaseDecider
{
    /// <summary>How long a confirm may stay unknown, and how long a customer's yes is good before a first confirm; then the intent is cancelled as a fence.</summary>
    public static readonly TimeSpan ConfirmBound = TimeSpan.FromMinutes(15);

    /// <summary>How long the customer may take on the bank's page.</summary>
    public static readonly TimeSpan ActionBound = TimeSpan.FromHours(1);

    /// <summary>How long a create may be repeated under its key: Stripe keeps keys for at least 24 hours.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(23);

    /// <summary>How often the intent is read while the bank has the customer.</summary>
    public static readonly TimeSpan ActionPoll = TimeSpan.FromSeconds(15);

    /// <summary>Longest pause between two tries.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>The pause after so many technical failures in a row: half a second, doubling, at most <see cref="LongestPause"/>.</summary>
    public static TimeSpan PauseAfter(int failures) =>
        failures > 10 ? LongestPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, TimeSpan.FromSeconds(0.5).Ticks << Math.Max(0, failures - 1)));

    /// <summary>Makes a purchase of a quote that was said yes to.</summary>
    public static PurchaseState Request(PurchaseState quote, ChosenCard card, string actor, DateTimeOffset now) =>
        quote with { Phase = PurchasePhase.Requested, RequestedAt = now, Card = card, Actor = actor };

    /// <summary>Makes the purchase of an auto top-up. It ends at once when it would pass its limit.</summary>
    public static PurchaseState RequestTopUp(Price price, long? spendLimit, DateTimeOffset now)
    {
        var purchase = new PurchaseState
        {
            Phase = PurchasePhase.Requested, Automatic = true, Price = price, RequestedAt = now, QuoteExpiresAt = now, Actor = "auto top-up", SpendLimit = spendLimit,
        };
        return price.Total.Amount > spendLimit ? End(purchase, PurchasePhase.Declined, Failures.MonthlyCap, "above the spend limit") : purchase;
    }

    /// <summary>Ends a top-up whose quantity has no price.</summary>
    public static PurchaseState RefuseTopUp(Price unpriced, DateTimeOffset now) =>
        End(RequestTopUp(unpriced, null, now), PurchasePhase.Declined, Failures.NotSold, "outside the price list");

    /// <summary>Closes the review of a purchase that waits for a person; null for one that does not. The first word stays.</summary>
    public static PurchaseState? CloseReview(PurchaseState purchase, PurchaseReview review, DateTimeOffset now) =>
        purchase.Phase != PurchasePhase.NeedsReview ? null : purchase.Review is not null ? purchase : purchase with { Review = review with { At = now } };

    /// <summary>
    /// Whether the owner has put another card in the place of the one that a failed top-up tried, since that was asked for: there was nothing to arm then, so the new card is to be tried now.
    /// One that only moved up because another was removed is no such word of the owner.
    /// </summary>
    public static bool TriedAnotherCard(PurchaseState topUp, ChosenCard? chosen) =>
        chosen is { Card: var current, Since: { } since } && since >= topUp.RequestedAt
        && (topUp.Card?.Card is not { } tried || (tried.Id, tried.ExpMonth, tried.ExpYear, tried.Last4) != (current.Id, current.ExpMonth, current.ExpYear, current.Last4));

    /// <summary>Whether a purchase's payment may be refunded or disputed as far as is known here: it brought credits, or it waits for a person because it was, or may have been, charged otherwise.</summary>
    public static bool HasMoneyToGoBack(PurchaseView purchase) =>
        purchase.PaymentIntentId is not null && (purchase.Status == PurchaseStatus.Succeeded || purchase.State == nameof(PurchasePhase.NeedsReview));

    /// <summary>What to save and then do now.</summary>
    public static PurchaseStep Next(PurchaseState purchase, DateTimeOffset now) => purchase.Phase switch
    {
        PurchasePhase.Requested => Create(purchase, now),
        PurchasePhase.IntentCreated => Confirm(purchase, now),
        PurchasePhase.Confirming => ReadOrCancel(purchase, now),
        PurchasePhase.RequiresAction => AwaitCustomer(purchase, now),
        PurchasePhase.Paid => Pause(purchase, now) ?? new(purchase, PurchaseCall.GrantCredits),
        PurchasePhase.Quoted => new(purchase, PurchaseCall.Nothing),
        _ => purchase.Ended ? new(purchase, PurchaseCall.Nothing) : Pause(purchase, now) ?? new(purchase, PurchaseCall.TellAccount),
    };

    /// <summary>
    /// What to do when something may have happened at Stripe: read the intent now, whatever pause is on and also after an end that only said "not charged".
    /// A paid purchase grants its credits now. Null where a reading can change nothing; the purchase then goes on as it would have.
    /// </summary>
    public static PurchaseStep? Prompted(PurchaseState purchase) => purchase.Phase switch
    {
        PurchasePhase.Quoted or PurchasePhase.Credited or PurchasePhase.NeedsReview => null,
        PurchasePhase.Paid => new(purchase, PurchaseCall.GrantCredits),
        _ => purchase.IntentId is null ? null : new(purchase, PurchaseCall.ReadIntent),
    };

    /// <summary>The state after an answer.</summary>
    /// <param name="purchase">The state before.</param>
    /// <param name="key">The purchase grain's key, which the intent's metadata must name.</param>
    /// <param name="call">The call that was answered.</param>
    /// <param name="learned">The answer.</param>
    /// <param name="now">Now, UTC.</param>
    public static PurchaseState Learn(PurchaseState purchase, string key, PurchaseCall call, Learned learned, DateTimeOffset now) => learned switch
    {
        Learned.CardChosen chosen => OnCard(purchase, chosen.Card, now),
        Learned.IntentRead read => OnIntent(purchase, key, read.Intent, now),
        Learned.IntentMissing => purchase with { IntentNumber = purchase.IntentNumber + 1, CreatingSince = null, MustFind = false },
        Learned.CreditsGranted => purchase with { Phase = PurchasePhase.Credited, Failures = 0, NotBefore = null },
        Learned.AccountTold => purchase with { Told = true, Failures = 0, NotBefore = null },
        Learned.CallFailed when call == PurchaseCall.ReadIntent && purchase.Phase is PurchasePhase.Declined or PurchasePhase.Canceled => purchase,
        Learned.CallFailed { Problem.Kind: ProblemKind.Technical } failed => OnUnknown(purchase, call, failed.Problem, now),
        Learned.CallFailed failed => OnRefusal(purchase, call, failed.Problem, now),
        _ => purchase,
    };

    private static PurchaseStep Create(PurchaseState purchase, DateTimeOffset now)
    {
        DateTimeOffset? deadline = purchase.Automatic ? null : purchase.RequestedAt + ConfirmBound;

        // An intent that was never confirmed charges nothing, known or not. Charging long after the customer gave up and bought again would be worse.
        if (now >= deadline) return new(End(purchase, PurchasePhase.Canceled, Failures.TimedOut, "no intent in time"), PurchaseCall.Nothing);
        if (Pause(purchase, now, deadline) is { } pause) return pause;
        if (purchase.Card is null) return new(purchase, PurchaseCall.ChooseCard);
        if (purchase.MustFind || now - purchase.CreatingSince >= KeyLifetime) return new(purchase with { MustFind = true }, PurchaseCall.FindIntent);
        return new(purchase with { CreatingSince = purchase.CreatingSince ?? now }, PurchaseCall.CreateIntent);
    }

    private static PurchaseStep Confirm(PurchaseState purchase, DateTimeOffset now)
    {
        if (purchase.ConfirmRefused) return new(Fence(purchase, purchase.Failure is null ? PurchasePhase.NeedsReview : PurchasePhase.Declined), PurchaseCall.ReadIntent);

        var deadline = ConfirmDeadline(purchase);
        if (now >= deadline) return new(Fence(purchase, AfterFence(purchase)), PurchaseCall.ReadIntent);
        return Pause(purchase, now, deadline)
            ?? new(purchase with { Phase = PurchasePhase.Confirming, ConfirmingSince = purchase.ConfirmingSince ?? now }, PurchaseCall.ConfirmIntent);
    }

    private static PurchaseStep ReadOrCancel(PurchaseState purchase, DateTimeOffset now)
    {
        if (purchase.FenceTo is not null) return Pause(purchase, now) ?? new(purchase, purchase.MustRead ? PurchaseCall.ReadIntent : PurchaseCall.CancelIntent);

        var deadline = ConfirmDeadline(purchase);
        if (now >= deadline) return new(Fence(purchase, AfterFence(purchase)), PurchaseCall.ReadIntent);
        return Pause(purchase, now, deadline) ?? new(purchase, PurchaseCall.ReadIntent);
    }

    private static PurchaseStep AwaitCustomer(PurchaseState purchase, DateTimeOffset now)
    {
        var deadline = purchase.ActionSince + ActionBound;
        if (now >= deadline) return new(Fence(purchase, PurchasePhase.Canceled), PurchaseCall.ReadIntent);
        return Pause(purchase, now, deadline) ?? new(purchase, PurchaseCall.ReadIntent);
    }

    private static DateTimeOffset? ConfirmDeadline(PurchaseState purchase) =>
        (purchase.ConfirmingSince ?? (purchase.Automatic ? null : purchase.RequestedAt)) + ConfirmBound;

    // A technical failure is no decline: once its intent is fenced, a top-up starts again with a new one, while a person is told and can buy again.
    private static PurchasePhase AfterFence(PurchaseState purchase) => purchase.Automatic ? PurchasePhase.Requested : PurchasePhase.Canceled;

    // It reads before it cancels: a cancelled intent would hide that the bank had said no.
    private static PurchaseState Fence(PurchaseState purchase, PurchasePhase to) =>
        purchase with { Phase = PurchasePhase.Confirming, FenceTo = to, MustRead = true, NotBefore = null, Failures = 0, NextActionUrl = null };

    private static PurchaseStep? Pause(PurchaseState purchase, DateTimeOffset now, DateTimeOffset? deadline = null) =>
        purchase.NotBefore is { } until && until > now ? new(purchase, PurchaseCall.Wait, deadline < until ? deadline : until) : null;

    private static PurchaseState Later(PurchaseState purchase, DateTimeOffset now) =>
        purchase with { Failures = purchase.Failures + 1, NotBefore = now + PauseAfter(purchase.Failures + 1) };

    private static PurchaseState End(PurchaseState purchase, PurchasePhase phase, PurchaseFailure failure, string finding) => purchase with
    {
        Phase = phase, Failure = failure, Finding = finding, FenceTo = null, MustRead = false, NextActionUrl = null, Failures = 0, NotBefore = null,
    };

    private static PurchaseState Decline(PurchaseState purchase, string? code, string? declineCode) =>
        End(purchase, PurchasePhase.Declined, Failures.Declined(code, declineCode, purchase.Card?.Card), $"{code ?? "declined"}/{declineCode}".TrimEnd('/'));

    private static PurchaseState Review(PurchaseState purchase, string finding) => End(purchase, PurchasePhase.NeedsReview, Failures.NeedsReview, finding);

    private static PurchaseState OnCard(PurchaseState purchase, ChosenCard? chosen, DateTimeOffset now)
    {
        if (chosen is null) return End(purchase, PurchasePhase.Declined, Failures.NoCard, "no saved card");

        var withCard = purchase with { Card = chosen, Failures = 0, NotBefore = null };

        // A person may still try it (banks replace cards under the same number); nobody watches a top-up.
        return purchase.Automatic && chosen.Card.IsExpiredAt(now) ? End(withCard, PurchasePhase.Declined, Failures.CardExpired(chosen.Card), "card past its date") : withCard;
    }

    private static PurchaseState OnUnknown(PurchaseState purchase, PurchaseCall call, StripeProblem problem, DateTimeOffset now)
    {
        var later = Later(purchase, now);
        if (!problem.KeySpent) return later;

        return call switch
        {
            PurchaseCall.CreateIntent => later with { MustFind = true },
            PurchaseCall.ConfirmIntent => later with { ConfirmNumber = purchase.ConfirmNumber + 1 },
            _ => later,
        };
    }

    private static PurchaseState OnRefusal(PurchaseState purchase, PurchaseCall call, StripeProblem problem, DateTimeOffset now)
    {
        if (problem.KeySpent) return OnUnknown(purchase, call, problem, now);

        var finding = $"{call}: {problem.Code ?? problem.Message}";
        return call switch
        {
            // The intent's own status decides what a refused or declined confirm left behind.
            PurchaseCall.ConfirmIntent => purchase with
            {
                ConfirmRefused = true, Finding = finding, Failure = CardIsGone(problem) ? Failures.Declined(problem.Code, problem.DeclineCode, purchase.Card?.Card) : null,
            },
            PurchaseCall.CancelIntent => Later(purchase, now) with { MustRead = true, Finding = finding },
            PurchaseCall.GrantCredits or PurchaseCall.TellAccount => Later(purchase, now) with { Finding = purchase.Finding ?? finding },
            PurchaseCall.CreateIntent when problem.Kind == ProblemKind.Declined || CardIsGone(problem) => Decline(purchase, problem.Code, problem.DeclineCode),
            _ => Review(purchase, finding),
        };
    }

    // The card was removed between choosing and charging it.
    private static bool CardIsGone(StripeProblem problem) => problem.Parameter == "payment_method" || problem.Code == "payment_method_unexpected_state";

    private static PurchaseState OnIntent(PurchaseState purchase, string key, IntentReading intent, DateTimeOffset now)
    {
        if (purchase.Phase is PurchasePhase.Quoted or PurchasePhase.Paid or PurchasePhase.Credited or PurchasePhase.NeedsReview) return purchase;
        if (purchase.Phase is PurchasePhase.Declined or PurchasePhase.Canceled && intent.Status != IntentStatus.Succeeded) return purchase;
        if (MismatchOf(purchase, key, intent) is { } mismatch) return Review(purchase with { IntentId = purchase.IntentId ?? intent.Id }, mismatch);

        var read = purchase with { IntentId = intent.Id, LiveMode = intent.LiveMode, MustFind = false, MustRead = false };
        return intent.Status switch
        {
            IntentStatus.Succeeded => Pay(read, intent),
            IntentStatus.Canceled when intent.ErrorCode is not null && read.FenceTo is PurchasePhase.Requested => Decline(read, intent.ErrorCode, intent.DeclineCode),
            IntentStatus.Canceled => OnCanceled(read, now),
            IntentStatus.RequiresPaymentMethod => Decline(read, intent.ErrorCode, intent.DeclineCode),
            IntentStatus.RequiresConfirmation => read.FenceTo is null ? read with { Phase = PurchasePhase.IntentCreated, NextActionUrl = null } : read,
            IntentStatus.RequiresAction => OnRequiresAction(read, intent, now),
            IntentStatus.Processing => Later(read with { Phase = PurchasePhase.Confirming, ConfirmingSince = read.ConfirmingSince ?? now, NextActionUrl = null }, now),
            _ => Review(read, "unexpected intent status"),
        };
    }

    private static string? MismatchOf(PurchaseState purchase, string key, IntentReading intent)
    {
        if (purchase.IntentId is not null && intent.Id != purchase.IntentId) return $"intent {intent.Id} instead of {purchase.IntentId}";
        if (intent.PurchaseKey != key) return $"intent is for purchase {intent.PurchaseKey}";
        if (intent.Amount != purchase.Price.Total.Amount) return FormattableString.Invariant($"intent asks for {intent.Amount} instead of {purchase.Price.Total.Amount}");
        if (intent.Currency != purchase.Price.Total.Currency) return $"intent is in {intent.Currency} instead of {purchase.Price.Total.Currency}";
        if (intent.CustomerId != purchase.Card?.CustomerId) return $"intent is of customer {intent.CustomerId}";
        if (purchase.LiveMode is { } live && intent.LiveMode != live) return "intent changed between live and test mode";
        return null;
    }

    private static PurchaseState Pay(PurchaseState purchase, IntentReading intent) => intent.AmountReceived != purchase.Price.Total.Amount
        ? Review(purchase, FormattableString.Invariant($"intent received {intent.AmountReceived} instead of {purchase.Price.Total.Amount}"))
        : purchase with { Phase = PurchasePhase.Paid, Failure = null, Finding = null, FenceTo = null, NextActionUrl = null, Failures = 0, NotBefore = null };

    private static PurchaseState OnCanceled(PurchaseState purchase, DateTimeOffset now) => purchase.FenceTo switch
    {
        PurchasePhase.Requested => StartOver(purchase, now),
        PurchasePhase.NeedsReview => Review(purchase, purchase.Finding ?? "confirm refused"),
        PurchasePhase.Declined when purchase.Failure is { } failure => End(purchase, PurchasePhase.Declined, failure, purchase.Finding ?? "card removed"),
        PurchasePhase.Declined => End(purchase, PurchasePhase.Declined, Failures.AuthenticationRequired(purchase.Card?.Card), "authentication_required"),
        PurchasePhase.Canceled => End(purchase, PurchasePhase.Canceled, Failures.TimedOut, "cancelled as a fence"),
        _ => End(purchase, PurchasePhase.Canceled, Failures.TimedOut, "cancelled at Stripe"),
    };

    private static PurchaseState StartOver(PurchaseState purchase, DateTimeOffset now) => purchase with
    {
        Phase = PurchasePhase.Requested, Card = null, IntentId = null, IntentNumber = purchase.IntentNumber + 1, CreatingSince = null, ConfirmNumber = 1,
        ConfirmingSince = null, ConfirmRefused = false, FenceTo = null, LiveMode = null, Failures = 0, NotBefore = now + LongestPause,
    };

    private static PurchaseState OnRequiresAction(PurchaseState purchase, IntentReading intent, DateTimeOffset now)
    {
        if (purchase.FenceTo is not null) return purchase;

        // Nobody is there for a top-up, and without a page there is nowhere to send anyone.
        if (purchase.Automatic || intent.NextActionUrl is null) return Fence(purchase, PurchasePhase.Declined) with { MustRead = false };
        return purchase with
        {
            Phase = PurchasePhase.RequiresAction, ActionSince = purchase.ActionSince ?? now, NextActionUrl = intent.NextActionUrl, Failures = 0, NotBefore = now + ActionPoll,
        };
    }
}
