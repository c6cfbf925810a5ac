using Connect.Campaigns;
using Connect.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// What is known of one row, in a byte: the status in the low four bits (its number is stored, so statuses are only ever added), the parts of its text in the next two, what was reported about
/// its delivery in the highest two.
/// </summary>
public static class Mark
{
    /// <summary>Makes a mark; parts: 0 to 3.</summary>
    public static byte Of(RecipientStatus status, int parts) => (byte)((int)status | parts << 4);

    /// <summary>The status as the hand-over left it.</summary>
    public static RecipientStatus Status(byte mark) => (RecipientStatus)(mark & 15);

    /// <summary>The status as it is shown: a message that something was reported about was handed over, also when its answer was lost.</summary>
    public static RecipientStatus Shown(byte mark) => IsResolved(mark) ? RecipientStatus.Sent : Status(mark);

    /// <summary>Whether its hand-over is known from a report only.</summary>
    public static bool IsResolved(byte mark) => Status(mark) == RecipientStatus.Unknown && Delivery(mark) != DeliveryState.None;

    /// <summary>The parts of a mark.</summary>
    public static int Parts(byte mark) => mark >> 4 & 3;

    /// <summary>What was reported.</summary>
    public static DeliveryState Delivery(byte mark) => (DeliveryState)(mark >> 6);

    /// <summary>The mark with another status.</summary>
    public static byte With(byte mark, RecipientStatus status) => (byte)(mark & 0xF0 | (int)status);

    /// <summary>The mark with a report: the higher state stands.</summary>
    public static byte With(byte mark, DeliveryState reported) => reported > Delivery(mark) ? (byte)(mark & 0x3F | (int)reported << 6) : mark;
}
