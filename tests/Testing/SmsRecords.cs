using System.Text.Json;

namespace Connect.Testing;

/// <summary>What the SMS sandbox took, from its files: one for each time it was handed a message, less what its process died over. Asking the sandbox would read all of them for each page.</summary>
public sealed record SmsRecord(string AccountId, string CampaignId, string MessageId, string To);

/// <summary>Reads them.</summary>
public static class SmsRecords
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Those below a data directory, whatever the program does meanwhile.</summary>
    public static IEnumerable<SmsRecord> Read(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "sms-*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (file.ReadLine() is { } line)
            {
                if (line.EndsWith('}'))
                    yield return JsonSerializer.Deserialize<SmsRecord>(line, s_json)!;
            }
        }
    }
}
