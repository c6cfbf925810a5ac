using System.Text.Json;
using Connect.Automations;
using Connect.Grains.Automations.Engine;
using Connect.Messaging;

namespace Connect.Grains.Tests.Automations;

/// <summary>States that an earlier version stored must be readable for ever. Samples are added, never changed.</summary>
public sealed class StoredFormTests
{
    /// <summary>A flow with three messages under way, each stored by itself.</summary>
    public const string FlowV1 =
        """
        {"Sent":17,"CreditsUsed":20,"NotSentOutOfCredits":3,"NextTicket":24,"UnderWay":{"21":"debiting","22":"handing","23":"done"},"Revision":40,"Writer":"w"}
        """;

    /// <summary>A message of one credit that may have been debited.</summary>
    public const string DebitingV1 =
        """
        {"Phase":1,"Ticket":21,"Fingerprint":"e50074117aa9873adadc028988b652de75a18f03ae4860fa9289b25f72616bf7","Number":61400000001,"Text":"Hi Ana","Parts":1,"Outcome":0,"Available":0,"Revision":1,"Writer":"w"}
        """;

    /// <summary>A message of one credit that may have been handed over.</summary>
    public const string HandingOverV1 =
        """
        {"Phase":2,"Ticket":22,"Fingerprint":"e50074117aa9873adadc028988b652de75a18f03ae4860fa9289b25f72616bf7","Number":61400000001,"Text":"Hi Ana","Parts":1,"Outcome":0,"Available":9,"Revision":2,"Writer":"w"}
        """;

    /// <summary>A message of two credits that was sent.</summary>
    public const string SettledV1 =
        """
        {"Phase":4,"Ticket":23,"Fingerprint":"e50074117aa9873adadc028988b652de75a18f03ae4860fa9289b25f72616bf7","Number":0,"Text":"","Parts":2,"Outcome":0,"Available":7,"Revision":3,"Writer":"w"}
        """;

    private const string FlowV2 =
        """
        {"Sent":1,"CreditsUsed":2,"NotSentOutOfCredits":3,"NextTicket":9,"UnderWay":{},"Unknown":4,"Failed":5,"OptedOut":6,"Delivered":7,"Undelivered":8,
        "Days":[{"Day":"2026-11-22","Sent":1,"CreditsUsed":2,"NotSentOutOfCredits":3}],
        "Messages":{"op":{"Phase":2,"Ticket":8,"Fingerprint":"2:f","Number":61400000001,"Text":"Hi","Parts":1,"Outcome":0,"Available":9,"Attempt":1,"EndedAt":null,"Delivery":0,"LastReport":null,
        "Revision":0,"Writer":""}},"Reports":{"op":{"Ticket":7,"State":3}},"Listed":true,"Revision":5,"Writer":"w"}
        """;

    private const string MessageV2 =
        """
        {"Phase":4,"Ticket":8,"Fingerprint":"2:f","Number":0,"Text":"","Parts":1,"Outcome":0,"Available":9,"Attempt":1,"EndedAt":"2026-11-22T12:00:00+00:00","Delivery":3,
        "LastReport":{"Ticket":9,"Before":2,"After":3,"ProvedSentOn":"2026-11-22"},"Revision":2,"Writer":"w"}
        """;

    [Fact]
    public void A_refused_message_of_an_earlier_version_whose_credits_go_back_has_failed()
    {
        var message = JsonSerializer.Deserialize<MessageState>(HandingOverV1)! with { Phase = MessagePhase.Reversing };
        Assert.Equal(AutomationOutcome.Sent, message.Outcome);
        Assert.Equal((MessagePhase.Settled, AutomationOutcome.Failed, 10), MessageRules.Reversed(message, 10) is var ended ? (ended.Phase, ended.Outcome, ended.Available) : default);
    }

    [Fact]
    public void A_flow_of_the_first_version_is_read()
    {
        var flow = JsonSerializer.Deserialize<FlowState>(FlowV1)!;
        Assert.Equal((17, 20, 3, 24, 40), (flow.Sent, flow.CreditsUsed, flow.NotSentOutOfCredits, flow.NextTicket, flow.Revision));
        Assert.Equal([(21L, "debiting"), (22L, "handing"), (23L, "done")], flow.UnderWay.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)));
        Assert.Equal((0, 0, 0, false), (flow.Days.Length, flow.Messages.Count, flow.Reports.Count, flow.Listed));
    }

    [Fact]
    public void A_message_of_the_first_version_is_read()
    {
        var message = JsonSerializer.Deserialize<MessageState>(HandingOverV1)!;
        Assert.Equal(
            new MessageState { Phase = MessagePhase.HandingOver, Ticket = 22, Fingerprint = message.Fingerprint, Number = 61400000001, Text = "Hi Ana", Parts = 1, Available = 9, Revision = 2, Writer = "w" },
            message);
        Assert.True(MessageRules.IsSame(message, "2:other", 61400000001, "Hi Ana"));
        Assert.False(MessageRules.IsSame(message, "2:other", 61400000002, "Hi Ana"));
        Assert.False(MessageRules.IsSame(message, "2:other", null, "Hi Ana"));
    }

    [Fact]
    public void What_the_second_version_stores_is_read_and_written_the_same()
    {
        Assert.Equal(FlowV2.ReplaceLineEndings(""), JsonSerializer.Serialize(JsonSerializer.Deserialize<FlowState>(FlowV2)));
        Assert.Equal(MessageV2.ReplaceLineEndings(""), JsonSerializer.Serialize(JsonSerializer.Deserialize<MessageState>(MessageV2)));
        var message = JsonSerializer.Deserialize<MessageState>(MessageV2)!;
        Assert.Equal((AutomationOutcome.Sent, DeliveryState.Delivered, new DateOnly(2026, 11, 22)), (message.Outcome, message.Delivery, message.LastReport!.ProvedSentOn));
    }

    [Fact]
    public void A_list_of_flows_is_read_and_written_the_same()
    {
        const string stored = """{"Flows":["a","b"],"Revision":2,"Writer":"w"}""";
        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize<FlowList>(stored)));
    }
}
