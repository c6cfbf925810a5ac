using System.Collections.Immutable;
using System.Text.Json;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Endpoints;

/// <summary>Statuses of recipients as they are named in addresses and files.</summary>
internal static class RecipientStatuses
{
    private static readonly ImmutableDictionary<string, RecipientStatus> ByName = Enum.GetValues<RecipientStatus>().ToImmutableDictionary(Name);

    /// <summary>The name of a status, such as <c>skipped_duplicate</c>.</summary>
    public static string Name(RecipientStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    /// <summary>Reads names with commas between them; none means all. <c>remaining</c> stands for whoever received nothing and may yet, <c>skipped</c> for every reason to skip.</summary>
    public static Answer<ImmutableArray<RecipientStatus>> Read(string? names)
    {
        var statuses = ImmutableArray.CreateBuilder<RecipientStatus>();
        foreach (var name in (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ByName.TryGetValue(name, out var status))
                statuses.Add(status);
            else if (name == "remaining")
                statuses.AddRange(RecipientStatus.Pending, RecipientStatus.NotSentOutOfCredits, RecipientStatus.NotSentCanceled);
            else if (name == "skipped")
                statuses.AddRange(ByName.Where(known => known.Key.StartsWith("skipped_", StringComparison.Ordinal)).Select(known => known.Value));
            else
                return Refuse.Validation("status", $"'status' is made of remaining, skipped, {string.Join(", ", ByName.Keys.Order())}.");
        }
        return statuses.ToImmutable();
    }
}
