using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Purchases;
using static Connect.Grains.Purchases.Engine.MoneyLearned;

namespace Connect.Grains.Purchases.Engine;

/// <summary>
/// What is done about the money of a purchase that goes back. Pure: no clock, no calls. A reading of Stripe's lists decides; a refund's money can leave once
/// only, since it keeps its key
/// until the key is useless, and then gets another one only if a second refund could not fit beside a late first one, or if its first one was never executed.
/// </summary>
public static class MoneyBackDecider
{
    /// <summary>How long a refund that its key's stored error may hide is looked for.</summary>
    public static readonly TimeSpan LookingBound = TimeSpan.FromHours(1);

    /// <summary>How often the lists are read without a prompt while a dispute is open or a refund is pending.</summary>
    public static readonly TimeSpan WatchPeriod = TimeSpan.FromDays(1);

    /// <summary>A refund that pends longer than this is left to prompts.</summary>
    public static readonly TimeSpan PendingWatched = TimeSpan.FromDays(35);

    /// <summary>Begins with a credited purchase.</summary>
    public static MoneyBackState Begin(string intentId, long credits, Money paid) => new() { IntentId = intentId, Credits = credits, Paid = paid };

    /// <summary>What of the payment has not gone back by refund, minor units.</summary>
    public static long Left(MoneyBackState state) =>
        Math.Max(0, state.Paid.Amount - state.Returns.Where(one => one is { IsDispute: false, Holds: true }).Sum(one => one.Amount));

    /// <summary>Why an order can not be taken, or null. An order that was taken before is taken again only as it was.</summary>
    public static RefundOutcome? Refusal(MoneyBackState state, RefundOrder order)
    {
        if (order.OperationId.Length is 0 or > AccountLimits.MaxOperationIdLength || order.OperationId.Any(char.IsControl)) return RefundOutcome.InvalidOperationId;
        if (!IsText(order.Reason) || !IsText(order.Actor)) return RefundOutcome.InvalidText;
        if (order.Amount <= 0) return RefundOutcome.InvalidAmount;
        if (Find(state, order.OperationId) is { } known)
            return known.Order.Amount == order.Amount && known.Order.Reason == order.Reason ? null : RefundOutcome.OperationIdReused;
        return order.Amount > state.Paid.Amount ? RefundOutcome.MoreThanLeft : null;
    }

    /// <summary>Takes an order that is not refused. The lists are read before it is sent, so that what is left is known.</summary>
    public static MoneyBackState Take(MoneyBackState state, RefundOrder order, DateTimeOffset now) => Find(state, order.OperationId) is not null
        ? state
        : state with { Orders = state.Orders.Add(new OrderedRefund { Order = order, At = now }), MustRead = true, NotBefore = null, Failures = 0 };

    /// <summary>What to save and then do now.</summary>
    public static MoneyBackStep Next(MoneyBackState state, DateTimeOffset now)
    {
        var todo = Todo(state);
        if (todo is not MoneyBackCall.Nothing) return state.NotBefore is { } until && until > now ? new(state, new MoneyBackCall.Wait(until)) : new(state, todo);

        if (state.Orders.FirstOrDefault(order => order.Open) is { } order)
            return state.NotBefore is { } later && later > now ? new(state, new MoneyBackCall.Wait(later)) : Send(state, order, now);

        return state.WatchAt is not { } watch ? new(state, new MoneyBackCall.Nothing())
            : watch > now ? new(state, new MoneyBackCall.Wait(watch))
            : new(state, new MoneyBackCall.Read());
    }

    /// <summary>Whether nothing is left to do but to watch what Stripe may still change.</summary>
    public static bool Settled(MoneyBackState state) => Todo(state) is MoneyBackCall.Nothing && !state.Orders.Any(order => order.Open);

    /// <summary>Whether two states differ in more than the time of reading.</summary>
    public static bool Differ(MoneyBackState one, MoneyBackState other) =>
        !(one.Returns.SequenceEqual(other.Returns) && one.Orders.SequenceEqual(other.Orders) && one.Warnings.SequenceEqual(other.Warnings)
            && one with { Returns = [], Orders = [], Warnings = [], ReadAt = null, WatchAt = null } == other with { Returns = [], Orders = [], Warnings = [], ReadAt = null, WatchAt = null }
            && one.WatchAt is null == other.WatchAt is null && !(other.WatchAt - one.WatchAt >= WatchPeriod / 2));

    /// <summary>The state after an answer. The state may be a later one than the call was made for.</summary>
    public static MoneyBackState Learn(MoneyBackState state, MoneyLearned learned, DateTimeOffset now) => learned switch
    {
        ListsRead read => OnLists(state, read.Reading, now),
        RefundMade made => Progress(With(state, made.OperationId, order => order with { Phase = OrderPhase.Made, RefundId = made.RefundId })) with { MustRead = true },
        Revoked revoked => CreditShare.Plan(Progress(With(state, revoked.ReturnId, revoked.Claim, ClaimPhase.Revoking,
            claim => claim with { Phase = ClaimPhase.Revoked, Shortfall = revoked.Shortfall }))),
        Restored restored => CreditShare.Plan(Progress(With(state, restored.ReturnId, restored.Claim, ClaimPhase.Restoring, claim => claim with { Phase = ClaimPhase.Restored }))),
        TopUpStopped stopped => Progress(state with
        {
            Returns = Each(state.Returns, one => one.Id == stopped.Id && one.MustStop, one => one with { MustStop = false }),
            Warnings = Each(state.Warnings, one => one.Id == stopped.Id && one.MustStop, one => one with { MustStop = false }),
        }),
        CallFailed { Call: MoneyBackCall.MakeRefund call } failed => OnRefundFailed(state, call.Order.Order.OperationId, failed.Problem, now),
        CallFailed failed => Later(state, now) with { MustRead = state.MustRead || failed.Call is MoneyBackCall.Read, Finding = Words(failed.Problem) },
        _ => state,
    };

    /// <summary>Whether the money of a dispute is gone, or may be.</summary>
    public static bool Holds(DisputeReading dispute) =>
        dispute.Status == "lost" || (dispute.Status is not ("won" or "warning_closed" or "prevented") && !dispute.Reinstated);

    /// <summary>The order of an operation id, or null.</summary>
    public static OrderedRefund? Find(MoneyBackState state, string operationId) => state.Orders.FirstOrDefault(order => order.Order.OperationId == operationId);

    // No money may be charged any more, so that comes first. What is given back comes before what is taken: so the claims never pass the purchase's credits.
    private static MoneyBackCall Todo(MoneyBackState state)
    {
        if (state.Returns.FirstOrDefault(one => one.MustStop) is { } dispute) return new MoneyBackCall.StopTopUp(dispute.Id, IsDispute: true);
        if (state.Warnings.FirstOrDefault(one => one.MustStop) is { } warning) return new MoneyBackCall.StopTopUp(warning.Id, IsDispute: false);

        foreach (var phase in (ReadOnlySpan<ClaimPhase>)[ClaimPhase.Restoring, ClaimPhase.Revoking])
            foreach (var one in state.Returns)
                foreach (var claim in one.Claims)
                    if (claim.Phase == phase) return phase == ClaimPhase.Restoring ? new MoneyBackCall.Restore(one, claim) : new MoneyBackCall.Revoke(one, claim);

        return state.MustRead ? new MoneyBackCall.Read() : new MoneyBackCall.Nothing();
    }

    private static MoneyBackStep Send(MoneyBackState state, OrderedRefund order, DateTimeOffset now)
    {
        if (order.Phase == OrderPhase.Looking) return new(state, new MoneyBackCall.Read());
        if (order.Phase == OrderPhase.Sending && now - order.SendingSince >= PurchaseDecider.KeyLifetime)
            return new(With(state, order.Order.OperationId, one => one with { Phase = OrderPhase.Looking, LookingSince = now }), new MoneyBackCall.Read());

        if (order.Phase == OrderPhase.Ordered)
        {
            var left = Left(state);
            var refused = left == 0 ? RefundOutcome.NothingLeft : (order.Amount ?? order.Order.Amount) > left ? RefundOutcome.MoreThanLeft : RefundOutcome.Accepted;
            if (refused != RefundOutcome.Accepted) return Next(With(state, order.Order.OperationId, one => one with { Phase = OrderPhase.Refused, Outcome = refused }), now);

            order = order with { Phase = OrderPhase.Sending, Amount = order.Amount ?? order.Order.Amount ?? left, SendingSince = now };
            state = With(state, order.Order.OperationId, _ => order);
        }

        return new(state, new MoneyBackCall.MakeRefund(order));
    }

    private static MoneyBackState OnLists(MoneyBackState state, MoneyReading reading, DateTimeOffset now)
    {
        var read = state with
        {
            MustRead = false,
            ReadAt = now,
            Failures = state.Orders.Any(order => order.Phase == OrderPhase.Looking) ? state.Failures : 0,
            NotBefore = null,
            Finding = null,
            Returns = Merge(state, reading),
            Warnings = Merge(state.Warnings, reading.Warnings),
        };
        foreach (var refund in reading.Refunds.Where(refund => refund.OperationId is not null))
            read = With(read, refund.OperationId!, order => order.Phase == OrderPhase.Made ? order : order with { Phase = OrderPhase.Made, RefundId = refund.Id, Finding = null });
        foreach (var order in read.Orders.Where(order => order.Phase == OrderPhase.Looking)) read = NotFound(read, order, now);
        var open = read.Returns.Any(one => one.Unfinished && (one.IsDispute || now - one.At < PendingWatched));
        return CreditShare.Plan(read with { WatchAt = open ? now + WatchPeriod : null });
    }

    // A refund that Stripe did not show may still be executed late. With a new key that is harmless only if both would not fit, even after earlier refunds have
    // failed; an expired key
    // was tried for a day in vain.
    private static MoneyBackState NotFound(MoneyBackState state, OrderedRefund order, DateTimeOffset now)
    {
        var fitsTwice = order.Amount * 2 <= state.Paid.Amount;
        if (!fitsTwice || now - order.SendingSince >= PurchaseDecider.KeyLifetime)
        {
            return With(state, order.Order.OperationId, one => one with { Phase = OrderPhase.Ordered, KeyNumber = one.KeyNumber + 1, SendingSince = null, LookingSince = null });
        }

        return now - order.LookingSince >= LookingBound
            ? With(state, order.Order.OperationId, one => one with { Phase = OrderPhase.NeedsReview, Outcome = RefundOutcome.NeedsReview })
            : Later(state, now);
    }

    private static ImmutableArray<MoneyReturn> Merge(MoneyBackState state, MoneyReading reading)
    {
        var returns = state.Returns.ToBuilder();
        foreach (var refund in reading.Refunds.OrderBy(one => one.CreatedAt))
        {
            var order = refund.OperationId is { } operation ? Find(state, operation) : null;
            Put(returns, new MoneyReturn
            {
                Id = refund.Id,
                IsDispute = false,
                Amount = In(state, refund.Currency, refund.Amount),
                Status = refund.Status,
                Holds = refund.Status is not ("failed" or "canceled"),
                At = refund.CreatedAt,
                Reason = order?.Order.Reason ?? refund.Reason,
                FailureReason = refund.FailureReason,
                OperationId = order?.Order.OperationId,
            });
        }

        foreach (var dispute in reading.Disputes.OrderBy(one => one.CreatedAt))
        {
            var holds = Holds(dispute);
            Put(returns, new MoneyReturn
            {
                Id = dispute.Id,
                IsDispute = true,
                Amount = In(state, dispute.Currency, dispute.Amount),
                Status = dispute.Status,
                Holds = holds,
                At = dispute.CreatedAt,
                Reason = dispute.Reason,
                MustStop = holds,
            });
        }

        return returns.ToImmutable();
    }

    // What is in another currency counts as the whole payment: too many credits held are given back, too few are gone.
    private static long In(MoneyBackState state, string currency, long amount) => currency == state.Paid.Currency ? amount : state.Paid.Amount;

    private static void Put(ImmutableArray<MoneyReturn>.Builder returns, MoneyReturn read)
    {
        for (var i = 0; i < returns.Count; i++)
        {
            if (returns[i].Id != read.Id) continue;

            // Auto top-up is stopped once for each dispute; a reason is kept as it was first read, since it is part of what was posted.
            returns[i] = returns[i] with { Amount = read.Amount, Status = read.Status, Holds = read.Holds, FailureReason = read.FailureReason };
            return;
        }

        returns.Add(read);
    }

    private static ImmutableArray<FraudWarning> Merge(ImmutableArray<FraudWarning> known, ImmutableArray<string> read) =>
        [.. known, .. read.Where(id => known.All(one => one.Id != id)).Distinct().Select(id => new FraudWarning { Id = id })];

    private static MoneyBackState OnRefundFailed(MoneyBackState state, string operationId, StripeProblem problem, DateTimeOffset now)
    {
        if (problem.KeySpent)
        {
            return Later(With(state, operationId, order => order with { Phase = OrderPhase.Looking, LookingSince = now, Finding = Words(problem) }), now) with { MustRead = true };
        }

        if (problem.Kind == ProblemKind.Technical) return Later(With(state, operationId, order => order with { Finding = Words(problem) }), now);

        // Somebody else may have refunded, or a dispute may have come: the lists tell.
        var refused = With(state, operationId, order => order with { Phase = OrderPhase.Refused, Outcome = OutcomeOf(problem), Finding = Words(problem) });
        return Progress(refused) with { MustRead = true };
    }

    private static RefundOutcome OutcomeOf(StripeProblem problem) => problem.Code switch
    {
        "charge_already_refunded" => RefundOutcome.NothingLeft,
        "charge_disputed" => RefundOutcome.Disputed,
        _ => problem.Parameter == "amount" ? RefundOutcome.MoreThanLeft : RefundOutcome.RefusedByStripe,
    };

    // As the account demands of what is posted: or a refund could be made whose credits could never be revoked.
    private static bool IsText(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > AccountLimits.MaxTextLength || text.Contains('\0')) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static string Words(StripeProblem problem) => problem.Message.Length == 0 ? problem.Code ?? problem.Kind.ToString() : problem.Message;

    private static MoneyBackState Progress(MoneyBackState state) => state.Failures == 0 && state.NotBefore is null && state.Finding is null
        ? state
        : state with { Failures = 0, NotBefore = null, Finding = null };

    private static MoneyBackState Later(MoneyBackState state, DateTimeOffset now) =>
        state with { Failures = state.Failures + 1, NotBefore = now + PurchaseDecider.PauseAfter(state.Failures + 1) };

    private static MoneyBackState With(MoneyBackState state, string operationId, Func<OrderedRefund, OrderedRefund> change) =>
        state with { Orders = Each(state.Orders, order => order.Order.OperationId == operationId, change) };

    private static MoneyBackState With(MoneyBackState state, string returnId, int number, ClaimPhase phase, Func<CreditClaim, CreditClaim> change) => state with
    {
        Returns = Each(state.Returns, one => one.Id == returnId, one => one with { Claims = Each(one.Claims, claim => claim.Number == number && claim.Phase == phase, change) }),
    };

    private static ImmutableArray<T> Each<T>(ImmutableArray<T> all, Func<T, bool> which, Func<T, T> change) =>
        all.Any(which) ? [.. all.Select(one => which(one) ? change(one) : one)] : all;
}
