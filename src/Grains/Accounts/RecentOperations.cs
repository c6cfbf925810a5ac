using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Connect.Grains.Accounts;

/// <summary>
/// Whether an operation id was posted lately: digests of the last ones, nothing else, so that it costs an active account a few bytes an operation and the collector nothing.
/// A hit is only a hint to ask the ledger; a miss leaves it to the ledger's unique key.
/// </summary>
internal sealed class RecentOperations
{
    /// <summary>More than the callers of one hot account that wait at the same moment.</summary>
    private const int Capacity = 1_024;
    private const int Smallest = 8;

    private long[] _digests = [];
    private int _count;
    private int _oldest;

    public static long Digest(string operationId) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(operationId.AsSpan()));

    public bool MayHold(long digest) => _digests.AsSpan(0, _count).Contains(digest);

    public void Add(long digest)
    {
        if (_count == Capacity)
        {
            _digests[_oldest] = digest;
            _oldest = (_oldest + 1) % Capacity;
            return;
        }

        if (_count == _digests.Length) Array.Resize(ref _digests, Math.Clamp(_count * 2, Smallest, Capacity));
        _digests[_count++] = digest;
    }

    public void Clear() => (_count, _oldest) = (0, 0);
}
