using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Accounts;

/// <summary>The entries an account posted lately, by operation id, so that a quick repeat is answered from memory. Older ones are in the ledger. Bounded.</summary>
internal sealed class RecentOperations(int capacity)
{
    private readonly Dictionary<string, LedgerEntry> _byId = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestFirst = new();

    public LedgerEntry? Find(string operationId) => _byId.GetValueOrDefault(operationId);

    public void Add(LedgerEntry entry)
    {
        if (!_byId.TryAdd(entry.OperationId, entry)) return;
        _oldestFirst.Enqueue(entry.OperationId);
        if (_oldestFirst.Count > capacity) _byId.Remove(_oldestFirst.Dequeue());
    }

    public void Clear()
    {
        _byId.Clear();
        _oldestFirst.Clear();
    }
}
