using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>A digest of a command's content (not of who asked), to tell a replay of an operation id from its reuse. Stored with the entry, so its making never changes.</summary>
public static class Fingerprint
{
    /// <summary>The digest of a command.</summary>
    public static long Of(AccountCommand command) => command switch
    {
        Debit debit => Digest(1, debit.Credits, debit.Reference),
        DebitRecipients debit => Digest(2, (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(debit.CreditsPerRecipient.AsSpan())), debit.Reference),
        Grant grant => Digest(3, grant.Credits, $"{(int)grant.Source}|{grant.ExpiresAt?.ToUnixTimeMilliseconds()}|{grant.PurchaseId}|{grant.Paid}|{grant.Reference}"),
        Reverse reverse => Digest(4, reverse.Credits, $"{reverse.DebitOperationId}|{reverse.Reference}"),
        VoidBatch end => Digest(5, end.BatchId, end.Reference),
        SetAutoTopUp set => Digest(6, set.Settings.Threshold, $"{set.Settings.Enabled}|{set.Settings.Credits}|{set.Settings.MonthlyCap}|{set.Reference}"),
        SuspendAutoTopUp suspend => Digest(7, (int)suspend.Reason, $"{suspend.PurchaseId}|{suspend.Reference}"),
        ResumeAutoTopUp resume => Digest(8, (int)resume.Cause, resume.Reference),
        OpenAccount open => Digest(9, 0, open.Reference),
        RevokeCredits revoke => Digest(10, revoke.Credits, $"{revoke.PurchaseId}|{revoke.Reference}"),
        RestoreCredits restore => Digest(11, 0, $"{restore.RevokeOperationId}|{restore.Reference}"),
        StopAutoTopUp stop => Digest(12, (int)stop.Reason, stop.Reference),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No such command."),
    };

    private static long Digest(int kind, long number, string text)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, kind);
        BinaryPrimitives.WriteInt64LittleEndian(head[4..], number);
        var seed = (long)XxHash3.HashToUInt64(head);
        return (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);
    }
}
