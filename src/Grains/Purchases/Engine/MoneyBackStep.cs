using System.Security.Cryptography;
using System.Text;

namespace Connect.Grains.Purchases.Engine;

/// <summary>What is to be called next. Everything that an answer must be matched with is in it, since the state may have changed by then.</summary>
public abstract record MoneyBackCall
{
    private MoneyBackCall() { }

    /// <summary>Nothing is left to do.</summary>
    public sealed record Nothing : MoneyBackCall;

    /// <summary>Nothing until that instant, UTC.</summary>
    public sealed record Wait(DateTimeOffset Until) : MoneyBackCall;

    /// <summary>Read Stripe's lists of refunds, disputes and early fraud warnings of the intent.</summary>
    public sealed record Read : MoneyBackCall;

    /// <summary>Make the refund of an order, under <see cref="MoneyBackKeys.Refund"/>.</summary>
    public sealed record MakeRefund(OrderedRefund Order) : MoneyBackCall;

    /// <summary>Revoke credits.</summary>
    public sealed record Revoke(MoneyReturn Return, CreditClaim Claim) : MoneyBackCall;

    /// <summary>Undo a revocation.</summary>
    public sealed record Restore(MoneyReturn Return, CreditClaim Claim) : MoneyBackCall;

    /// <summary>Stop auto top-up because of a dispute or an early fraud warning; <paramref name="Id"/> is Stripe's.</summary>
    public sealed record StopTopUp(string Id, bool IsDispute) : MoneyBackCall;
}

/// <summary>What a call told.</summary>
public abstract record MoneyLearned
{
    private MoneyLearned() { }

    /// <summary>What Stripe has.</summary>
    public sealed record ListsRead(MoneyReading Reading) : MoneyLearned;

    /// <summary>Stripe made the refund of the order, now or before.</summary>
    public sealed record RefundMade(string OperationId, string RefundId) : MoneyLearned;

    /// <summary>The revocation holds; so many credits were not there to be taken.</summary>
    public sealed record Revoked(string ReturnId, int Claim, long Shortfall) : MoneyLearned;

    /// <summary>The revocation is undone.</summary>
    public sealed record Restored(string ReturnId, int Claim) : MoneyLearned;

    /// <summary>Auto top-up is stopped, or there was nothing to stop.</summary>
    public sealed record TopUpStopped(string Id) : MoneyLearned;

    /// <summary>The call did not succeed, or nobody knows whether it did.</summary>
    public sealed record CallFailed(MoneyBackCall Call, StripeProblem Problem) : MoneyLearned;
}

/// <summary>The state to save first, and then the call to make.</summary>
/// <param name="State">To be durable before the call; the very same object when nothing is to be saved.</param>
/// <param name="Call">The call.</param>
public readonly record struct MoneyBackStep(MoneyBackState State, MoneyBackCall Call);

/// <summary>Names under which Stripe and the account tell a repetition from something new.</summary>
public static class MoneyBackKeys
{
    private const int LongestPlain = 200;

    /// <summary>Idempotency key of making a refund. <paramref name="purchaseKey"/> has the account in it. Stripe takes 255 characters; longer ones become a
    /// digest.</summary>
    public static string Refund(string purchaseKey, string operationId, int number)
    {
        var plain = $"{purchaseKey}:{operationId}";
        return Numbered($"re:{(plain.Length <= LongestPlain ? plain : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plain))))}", number);
    }

    /// <summary>Operation id of a revocation.</summary>
    public static string Revoke(MoneyReturn source, int number) => Numbered($"{(source.IsDispute ? "dispute" : "refund")}:{source.Id}", number);

    /// <summary>Operation id of undoing it.</summary>
    public static string Restore(MoneyReturn source, int number) => Numbered($"{(source.IsDispute ? "dispute" : "refund")}-undone:{source.Id}", number);

    /// <summary>Operation id of stopping auto top-up.</summary>
    public static string Stop(string id, bool isDispute) => $"{(isDispute ? "dispute" : "fraud-warning")}-stop:{id}";

    private static string Numbered(string name, int number) => number == 1 ? name : FormattableString.Invariant($"{name}:{number}");
}
