using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>A reminder table that outlives silos.</summary>
public sealed class TestReminders : IReminderTable
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ReminderEntry> _rows = new();
    private int _etag;

    /// <summary>The grains that have a reminder.</summary>
    public IEnumerable<string> Keys => _rows.Keys.Select(row => row.Grain.Key.ToString()!);

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Task.FromResult(new ReminderTableData(_rows.Values.Where(row => row.GrainId == grainId)));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Task.FromResult(new ReminderTableData(_rows.Values.Where(row =>
        begin < end ? row.GrainId.GetUniformHashCode() > begin && row.GrainId.GetUniformHashCode() <= end
            : row.GrainId.GetUniformHashCode() > begin || row.GrainId.GetUniformHashCode() <= end)));

    /// <summary>Waited for before a reminder of a grain is read.</summary>
    public Func<string, Task>? BeforeRead { get; set; }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        if (BeforeRead is { } before)
            await before(grainId.Key.ToString()!);
        return _rows.GetValueOrDefault((grainId, reminderName));
    }

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        entry.ETag = Interlocked.Increment(ref _etag).ToString(CultureInfo.InvariantCulture);
        _rows[(entry.GrainId, entry.ReminderName)] = entry;
        return Task.FromResult<string?>(entry.ETag);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => Task.FromResult(_rows.TryRemove((grainId, reminderName), out _));

    public Task TestOnlyClearTable()
    {
        _rows.Clear();
        return Task.CompletedTask;
    }
}
