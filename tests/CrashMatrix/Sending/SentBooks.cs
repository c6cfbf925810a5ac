using System.Data.Common;

namespace Connect.CrashMatrix.Sending;

/// <summary>What the program's database holds of campaigns and automation messages, read past the program.</summary>
internal sealed class SentBooks
{
    // CampaignStatus: Completed, StoppedOutOfCredits, Canceled. MessagePhase: its last.
    private const int FirstEnd = 3, MessageSettled = 4;

    private readonly HashSet<string> ended = [];

    /// <summary>Reads it.</summary>
    public static async Task<SentBooks> Read(DbConnection connection)
    {
        await using var opened = connection;
        await connection.OpenAsync();
        var books = new SentBooks();
        await foreach (var (key, state) in StoredStates.Read(connection, "campaign", "automation-message"))
        {
            if (state.TryGetProperty("Status", out var status) ? status.GetInt32() >= FirstEnd : state.TryGetProperty("Phase", out var phase) && phase.GetInt32() >= MessageSettled)
                books.ended.Add(key.Split('/')[0]);
        }

        return books;
    }

    /// <summary>Whether nothing more will happen to what the account sends.</summary>
    public bool HasEnded(Sender sender) => ended.Contains(sender.Account);
}
