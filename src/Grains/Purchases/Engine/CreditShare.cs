using System.Collections.Immutable;

namespace Connect.Grains.Purchases.Engine;

/// <summary>
/// Which credits go with money that goes back. All refunds and disputes that hold money claim together the same share of the purchase's credits as their money
/// is of the payment, rounded down, and everything
/// when all of it is gone; the latest one claims what is missing. One alone claims at most its own share, rounded up, so that undoing it leaves to each other
/// one what is its own.
/// </summary>
internal static class CreditShare
{
    /// <summary>Plans undoing what no longer holds and claiming what is missing. A claim that is being made still counts when it no longer holds: it is undone
    /// once it is known.</summary>
    public static MoneyBackState Plan(MoneyBackState state)
    {
        var returns = Raise(state, [.. state.Returns.Select(one => one.Holds ? one : Undo(one))]);
        return returns.SequenceEqual(state.Returns) ? state : state with { Returns = returns };
    }

    /// <summary>The credits for so much of the payment, rounded down; everything for all of it.</summary>
    public static long Of(long credits, long amount, long paid) => amount >= paid ? credits : (long)((Int128)credits * amount / paid);

    private static MoneyReturn Undo(MoneyReturn one) => one.Claims.Any(claim => claim.Phase == ClaimPhase.Revoked)
        ? one with { Claims = [.. one.Claims.Select(claim => claim.Phase == ClaimPhase.Revoked ? claim with { Phase = ClaimPhase.Restoring } : claim)] }
        : one;

    private static ImmutableArray<MoneyReturn> Raise(MoneyBackState state, ImmutableArray<MoneyReturn> returns)
    {
        var paid = state.Paid.Amount;
        var gone = returns.Where(one => one.Holds).Aggregate(0L, (sum, one) => Math.Min(paid, sum + Math.Min(paid, one.Amount)));
        var missing = Of(state.Credits, gone, paid) - returns.Sum(one => one.Claimed);
        var raised = returns.ToBuilder();
        for (var i = raised.Count - 1; i >= 0 && missing > 0; i--)
        {
            if (!raised[i].Holds) continue;

            var more = Math.Min(missing, OfUp(state.Credits, raised[i].Amount, paid) - raised[i].Claimed);
            if (more <= 0) continue;

            raised[i] = raised[i] with { Claims = raised[i].Claims.Add(new CreditClaim { Number = raised[i].Claims.Length + 1, Credits = more }) };
            missing -= more;
        }

        return raised.ToImmutable();
    }

    private static long OfUp(long credits, long amount, long paid) => amount >= paid ? credits : (long)((((Int128)credits * amount) + paid - 1) / paid);
}
