using System.Collections.Immutable;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>Money back for the cases: 1,000 credits for A$90.00, so that a cent is a ninth of a credit.</summary>
internal static class MoneyBackBuild
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static MoneyBackState Fresh => MoneyBackDecider.Begin("pi_1", 1_000, Money.Aud(9_000));

    public static RefundOrder Order(long? amount = null, string id = "op", string reason = "why") => new() { OperationId = id, Amount = amount, Reason = reason, Actor = "kate" };

    public static RefundReading Refund(string id, long amount, string status = "succeeded", string? operation = null, string currency = "AUD") =>
        new() { Id = id, IntentId = "pi_1", Amount = amount, Currency = currency, Status = status, CreatedAt = Noon, OperationId = operation };

    public static DisputeReading Dispute(string id, long amount, string status = "needs_response", bool reinstated = false) =>
        new() { Id = id, IntentId = "pi_1", Amount = amount, Currency = "AUD", Status = status, CreatedAt = Noon, Reason = "fraudulent", Reinstated = reinstated };

    public static StripeProblem Technical(bool keySpent = false) => new() { Kind = ProblemKind.Technical, KeySpent = keySpent, Message = "503" };

    public static StripeProblem Refused(string? code, string? parameter = null) => new() { Kind = ProblemKind.Refused, Code = code, Parameter = parameter };

    public static MoneyBackState Reads(this MoneyBackState state, ImmutableArray<RefundReading>? refunds = null, ImmutableArray<DisputeReading>? disputes = null, DateTimeOffset? at = null) =>
        MoneyBackDecider.Learn(state, new MoneyLearned.ListsRead(new() { Refunds = refunds ?? [], Disputes = disputes ?? [] }), at ?? Noon);

    public static MoneyBackStep Next(this MoneyBackState state, DateTimeOffset? at = null) => MoneyBackDecider.Next(state, at ?? Noon);

    public static T Call<T>(this MoneyBackState state, DateTimeOffset? at = null) where T : MoneyBackCall => Assert.IsType<T>(state.Next(at).Call);

    /// <summary>Taken, its lists read, and about to be sent.</summary>
    public static MoneyBackState Sending(long? amount = null)
    {
        var state = MoneyBackDecider.Take(Fresh, Order(amount), Noon).Reads().Next().State;
        Assert.Equal(OrderPhase.Sending, state.Orders.Single().Phase);
        return state;
    }

    public static MoneyBackState Fails(this MoneyBackState state, StripeProblem problem, DateTimeOffset? at = null) =>
        MoneyBackDecider.Learn(state, new MoneyLearned.CallFailed(new MoneyBackCall.MakeRefund(state.Orders.Last()), problem), at ?? Noon);

    /// <summary>Does what the account is asked for, with an account that has all credits, until nothing but Stripe is left.</summary>
    public static MoneyBackState Settle(this MoneyBackState state, DateTimeOffset? at = null)
    {
        while (true)
        {
            MoneyLearned learned;
            switch (state.Next(at).Call)
            {
                case MoneyBackCall.Revoke revoke: learned = new MoneyLearned.Revoked(revoke.Return.Id, revoke.Claim.Number, 0); break;
                case MoneyBackCall.Restore restore: learned = new MoneyLearned.Restored(restore.Return.Id, restore.Claim.Number); break;
                case MoneyBackCall.StopTopUp stop: learned = new MoneyLearned.TopUpStopped(stop.Id); break;
                default: return state;
            }

            state = MoneyBackDecider.Learn(state, learned, at ?? Noon);
        }
    }

    public static (string Id, long Credits)[] Claims(this MoneyBackState state) => [.. state.Returns.Where(one => one.Claimed > 0).Select(one => (one.Id, one.Claimed))];
}
