using System.Buffers.Text;
using Connect.Messaging;
using Connect.Silo.Gateways.Kannel;

namespace Connect.Kannel.Tests;

/// <summary>What the address of a delivery report says, and who could have written it.</summary>
public sealed class TicketTests
{
    private const string Secret = "sixteen letters!";

    [Theory]
    [InlineData(MessageKind.Campaign, "spring", "spring:12345")]
    [InlineData(MessageKind.Automation, "welcome", "welcome:booking-77 %d &x=1 Ж\n2")]
    [InlineData(MessageKind.Automation, "welcome", "another shape")]
    [InlineData(MessageKind.Campaign, "a", "a:")]
    public void It_reads_what_was_written_and_needs_no_escapes(MessageKind kind, string campaign, string message)
    {
        var ticket = new DeliveryTicket { AccountId = "harbour-bar", Kind = kind, CampaignId = campaign, MessageId = message };
        var text = ticket.Sign(Secret);
        Assert.All(text, character => Assert.True(char.IsAsciiLetterOrDigit(character) || character is '-' or '_'));
        Assert.Equal(ticket, DeliveryTicket.Read(text, Secret));
    }

    [Fact]
    public void One_that_was_changed_anywhere_or_signed_with_another_secret_is_none()
    {
        var text = new DeliveryTicket { AccountId = "a", Kind = MessageKind.Campaign, CampaignId = "c", MessageId = "c:1" }.Sign(Secret);
        Assert.Null(DeliveryTicket.Read(text, "another secret!!"));
        var bytes = Base64Url.DecodeFromChars(text);
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            Assert.Null(DeliveryTicket.Read(Base64Url.EncodeToString(changed), Secret));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Nonsense_is_none(string? text) => Assert.Null(DeliveryTicket.Read(text, Secret));

    [Fact]
    public void Of_what_is_far_too_long_nothing_is_read() => Assert.Null(DeliveryTicket.Read(new string('A', 1_000_000), Secret));
}
