using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>What an earlier version stored must be readable for ever. Samples are added, never changed.</summary>
public sealed class StoredFormTests
{
    private const string CampaignV1 =
        """
        {"Draft":{"Name":"Test","Text":"{x}","ScheduledAt":null,"Actor":"ana","DuplicateOf":null},"Status":0,"Total":6,"SkippedAtImport":3,"SettledPages":0,
        "Settled":{"Sent":0,"Failed":0,"TooLong":0,"Unknown":0,"Credits":0},"DebitFrontier":0,"CancelRequested":false,"StartedBy":"","CreatedAt":"2026-11-22T12:00:00+00:00",
        "EndedAt":null,"Indexed":true,"Pages":1,"HasEnded":false,"Revision":4,"Writer":"w"}
        """;

    // Six rows of a text with one field: pending, malformed, duplicate, too long once rendered, opted out, pending.
    private static readonly byte[] RowsV1 =
    [
        1, 6,
        0, .. Varint(61400000001), 1, 1, (byte)'a',
        4, 1, (byte)'?', 1, 0,
        5, .. Varint(61400000001), 1, 1, (byte)'b',
        0, .. Varint(61400000002), 1, .. Text(481),
        6, .. Varint(61400000003), 0,
        0, .. Varint(61400000004), 1, .. Text(161),
    ];

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }

    private static byte[] Text(int length) => [.. Varint((ulong)length), .. Encoding.UTF8.GetBytes(new string('x', length))];

    [Fact]
    public void Rows_of_the_first_version_are_read()
    {
        var rows = RecipientCodec.Decode(RowsV1);
        Assert.Equal(
            [
                RecipientStatus.Pending, RecipientStatus.SkippedInvalidNumber, RecipientStatus.SkippedDuplicate, RecipientStatus.Pending, RecipientStatus.SkippedOptedOut,
                RecipientStatus.Pending,
            ],
            rows.Select(row => row.Status));
        Assert.Equal([61400000001, 0, 61400000001, 61400000002, 61400000003, 61400000004], rows.Select(row => row.Number));
        Assert.Equal(("?", null, 0, null), (rows[1].Given, rows[0].Given, rows[0].Parts, rows[0].Problem));
        Assert.Equal((new string('x', 481), null), (rows[3].Values!.Single(), rows[4].Values));
    }

    [Fact]
    public void Rows_are_read_as_they_were_written()
    {
        ImportedRecipient[] rows =
        [
            new() { Number = 61400000001, Parts = 3, Values = ["é", ""] }, new() { Given = "so what", Status = RecipientStatus.SkippedUnreadable, Problem = RowProblem.FieldTooLong },
            new() { Given = "", Status = RecipientStatus.SkippedInvalidNumber, Values = ["a", "b"] }, new() { Number = 999_999_999_999_999, Status = RecipientStatus.SkippedTooLong },
        ];
        var bytes = RecipientCodec.Encode(rows);
        var read = RecipientCodec.Decode(bytes);
        Assert.Equal(JsonSerializer.Serialize(rows), JsonSerializer.Serialize(read));
        Assert.Throws<InvalidDataException>(() => RecipientCodec.Decode([3, .. bytes[1..]]));
    }

    [Fact]
    public void A_draft_of_the_first_version_is_complete_and_not_counted_yet()
    {
        var stored = JsonSerializer.Deserialize<CampaignState>(CampaignV1)!;
        Assert.Equal((6, 3, false, null), (stored.Total, stored.SkippedAtImport, stored.Importing, stored.Imported));
        Assert.Equal(CampaignOutcome.Done, CampaignRules.Send(stored));
        Assert.Equal(CampaignOutcome.ListClosed, CampaignRules.AddRecipients(stored, 6, [new() { To = "x" }]));
        Assert.Equal(DuplicateOf.Remaining, stored.Draft!.DuplicatedRows);
    }

    [Fact]
    public async Task A_draft_of_the_first_version_says_what_it_takes_and_is_sent()
    {
        var cluster = new CampaignCluster();
        await cluster.InitializeAsync();
        try
        {
            await cluster.OpenAccount("a", 10);
            await cluster.Draft("a", [Person(1, ("x", "a"))], "{x}");
            await cluster.ReplaceSilo();
            cluster.Storage.Rewrite("campaign", "a/c1", _ => CampaignV1);
            cluster.Storage.Rewrite("recipient-page", "a/c1/0", json =>
            {
                var page = JsonNode.Parse(json)!;
                page["Rows"] = Convert.ToBase64String(RowsV1);
                return page.ToJsonString();
            });
            var draft = await cluster.When("a", _ => true);
            Assert.Equal((3, 3, 6, false), (draft.CreditsNeeded, draft.Skipped, draft.Total, draft.Importing));
            Assert.Equal(new SkippedBy { InvalidNumber = 1, Duplicate = 1, OptedOut = 1 }, draft.SkippedBy);
            Assert.Equal(CampaignOutcome.Done, await cluster.Campaign("a").Send("ana"));
            var ended = await cluster.Ended("a");
            Assert.Equal((CampaignStatus.Completed, 2, 3, 1), (ended.Status, ended.Sent, ended.CreditsUsed, ended.SkippedBy.TooLong));
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }
}
