using System.Net;
using Connect.Grains.Messaging;
using Connect.Silo.Gateways.Kannel;

namespace Connect.Kannel.Tests;

/// <summary>Every answer that Kannel 1.4.5 was seen to give, and what others between it and us may say.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(202, "0: Accepted for delivery", HandOverOutcome.Accepted)]
    [InlineData(202, "3: Queued for later delivery", HandOverOutcome.Accepted)]
    [InlineData(202, "Sent.", HandOverOutcome.Accepted)]
    [InlineData(202, "Sent. Message splits: 3", HandOverOutcome.Accepted)]
    [InlineData(403, "Not routable. Do not try again.", HandOverOutcome.Refused)]
    [InlineData(400, "Number(s) has/have been denied by white- and/or black-lists.", HandOverOutcome.Refused)]
    [InlineData(400, "Charset or body misformed, rejected", HandOverOutcome.Refused)]
    [InlineData(400, "Empty receiver number not allowed, rejected", HandOverOutcome.Refused)]
    [InlineData(403, "Authorization failed for sendsms", HandOverOutcome.Unavailable)]
    [InlineData(400, "Sender missing and no global set, rejected", HandOverOutcome.Unavailable)]
    [InlineData(400, "DLR-URL field misformed, rejected", HandOverOutcome.Unavailable)]
    [InlineData(400, "Invalid content-type", HandOverOutcome.Unavailable)]
    [InlineData(503, "Temporal failure, try again later.", HandOverOutcome.Unavailable)]
    [InlineData(404, "Unknown request.", HandOverOutcome.Unavailable)]
    [InlineData(500, "Sending failed.", HandOverOutcome.Unknown)]
    [InlineData(200, "Welcome", HandOverOutcome.Unknown)]
    [InlineData(204, "", HandOverOutcome.Unknown)]
    [InlineData(302, "", HandOverOutcome.Unavailable)]
    [InlineData(401, "", HandOverOutcome.Unavailable)]
    [InlineData(403, "", HandOverOutcome.Unavailable)]
    [InlineData(408, "", HandOverOutcome.Unknown)]
    [InlineData(429, "", HandOverOutcome.Unavailable)]
    [InlineData(502, "Bad gateway", HandOverOutcome.Unknown)]
    [InlineData(504, "", HandOverOutcome.Unknown)]
    public void An_answer_means(int status, string body, HandOverOutcome outcome) => Assert.Equal(outcome, KannelAnswer.Read((HttpStatusCode)status, body).Outcome);

    [Fact]
    public void A_reason_is_one_short_line() =>
        Assert.Equal($"502 a b {new string('c', 116)}", KannelAnswer.Read(HttpStatusCode.BadGateway, $" a\r\n\tb {new string('c', 200)}").Reason);
}
