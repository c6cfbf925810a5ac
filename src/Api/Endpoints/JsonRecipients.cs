using System.Runtime.CompilerServices;
using System.Text.Json;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Endpoints;

/// <summary>
/// A campaign from JSON of any length, in bounded memory. The body is read twice from where it was put on disk: once to see that all of it can be read and what the campaign is, whatever the order
/// of its members, so that nothing is made of a body that breaks off or is malformed; then for its recipients.
/// </summary>
internal static class JsonRecipients
{
    /// <summary>What a campaign is, or what can not be read.</summary>
    public static async Task<Answer<CampaignRequest>> Survey(Stream body, JsonSerializerOptions options, CancellationToken cancellationToken)
    {
        var parts = new CampaignJson(body, options);
        var (campaign, listed, rows) = (new CampaignRequest(null, null, null, null), false, 0);
        var nothing = new UsedFields("");
        while (true)
        {
            var next = await Next(parts, cancellationToken);
            if (next.Problem is { } problem)
                return problem;
            switch (next.Value)
            {
                case CampaignJson.Part.End when !listed:
                    return Refuse.Validation("recipients", "A campaign needs at least one recipient.");
                case CampaignJson.Part.End:
                    return rows > 0 ? campaign : CampaignOutcome.NoRecipients.Problem()!;
                case CampaignJson.Part.List when listed:
                    return Refuse.Validation("recipients", "The recipients are listed twice.");
                case CampaignJson.Part.List:
                    listed = true;
                    break;
                case CampaignJson.Part.Row when rows == CampaignsService.MaxRecipients:
                    return CampaignsService.TooManyRecipients();
                case CampaignJson.Part.Row:
                    if (RecipientRequest.ReadRow(parts.Recipient, nothing, $"recipients[{rows++}]").Problem is { } row)
                        return row;
                    break;
                default:
                    campaign = campaign with { Name = parts.Name, Text = parts.Text, ScheduledAt = parts.ScheduledAt };
                    break;
            }
        }
    }

    /// <summary>The rows of a body that was surveyed, for the campaign's text.</summary>
    public static async IAsyncEnumerable<Answer<RecipientInput>> Read(
        Stream body, string text, JsonSerializerOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = new CampaignJson(body, options);
        var used = new UsedFields(text);
        for (var row = 0; ;)
        {
            var next = await Next(parts, cancellationToken);
            if (next.Problem is { } problem)
                yield return problem;
            if (next.Problem is not null || next.Value == CampaignJson.Part.End)
                yield break;
            if (next.Value == CampaignJson.Part.Row)
                yield return RecipientRequest.ReadRow(parts.Recipient, used, $"recipients[{row++}]");
        }
    }

    private static async Task<Answer<CampaignJson.Part>> Next(CampaignJson parts, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Next(cancellationToken);
        }
        catch (JsonException unreadable) when (parts.Field is { } field)
        {
            return Refuse.Validation(field, $"'{field}' is of another type than expected, or no JSON{Line(unreadable)}.");
        }
        catch (JsonException unreadable)
        {
            return Refuse.Validation("body", $"The body is not the JSON object that this address expects{Line(unreadable)}.");
        }
    }

    private static string Line(JsonException unreadable) => unreadable.LineNumber is { } line ? $": see line {line + 1}" : "";
}
