using System.Data.Common;
using System.Text.Json;

namespace Connect.CrashMatrix;

/// <summary>What the program's database holds, read past the program.</summary>
internal sealed class Books
{
    private const int Quoted = 0;

    /// <summary>The purchases that somebody said yes to, by account/purchase.</summary>
    public Dictionary<string, StoredPurchase> Purchases { get; } = [];

    /// <summary>Grants that a purchase paid for.</summary>
    public List<StoredGrant> Grants { get; } = [];

    /// <summary>Top-ups that were started, as account/purchase.</summary>
    public List<string> TopUps { get; } = [];

    /// <summary>Purchases that a reminder will come back to, as account/purchase.</summary>
    public HashSet<string> Reminded { get; } = [];

    /// <summary>Reads all of it.</summary>
    public static async Task<Books> Read(DbConnection connection)
    {
        await using var opened = connection;
        await connection.OpenAsync();
        var books = new Books();
        await foreach (var (key, stored) in StoredStates.Read(connection, "purchase"))
        {
            if (!stored.TryGetProperty("Current", out var purchase) || purchase.GetProperty("Phase").GetInt32() == Quoted)
                continue;
            var page = purchase.TryGetProperty("NextActionUrl", out var url) ? url.GetString() : null;
            books.Purchases[key] = new(purchase.GetProperty("Phase").GetInt32(), purchase.GetProperty("Ended").GetBoolean(), page);
        }

        await foreach (var row in StoredStates.Rows(connection, "SELECT account_id, kind, credits, CAST(detail AS TEXT) FROM ledger WHERE kind IN ('grant', 'top_up_started')"))
        {
            var detail = JsonDocument.Parse(row.GetString(3)).RootElement;
            if (!detail.TryGetProperty("purchase_id", out var id))
                continue;
            var purchase = $"{row.GetString(0)}/{id.GetString()}";
            if (row.GetString(1) == "grant")
                books.Grants.Add(new(purchase, row.GetInt64(2), detail.GetProperty("paid").GetInt64()));
            else
                books.TopUps.Add(purchase);
        }

        await foreach (var row in StoredStates.Rows(connection, "SELECT grain_id FROM orleans_reminders WHERE grain_id LIKE 'purchase/%'"))
            books.Reminded.Add(row.GetString(0)["purchase/".Length..]);
        return books;
    }
}

/// <summary>A purchase as it is stored.</summary>
/// <param name="Phase">Its state, by number.</param>
/// <param name="Ended">Whether nothing is left to do.</param>
/// <param name="BankPage">The bank's page, while it wants the customer.</param>
internal sealed record StoredPurchase(int Phase, bool Ended, string? BankPage);

/// <summary>Credits that a purchase paid for.</summary>
/// <param name="Purchase">As account/purchase.</param>
/// <param name="Credits">Credits granted.</param>
/// <param name="Paid">Minor units.</param>
internal sealed record StoredGrant(string Purchase, long Credits, long Paid);
