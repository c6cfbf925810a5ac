using Connect.Campaigns;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>What is known of one row, in a byte: the status in the low four bits (its number is stored, so statuses are only ever added), the parts of its text in the next two.</summary>
public static class Mark
{
    /// <summary>Makes a mark; parts: 0 to 3.</summary>
    public static byte Of(RecipientStatus status, int parts) => (byte)((int)status | parts << 4);

    /// <summary>The status of a mark.</summary>
    public static RecipientStatus Status(byte mark) => (RecipientStatus)(mark & 15);

    /// <summary>The parts of a mark.</summary>
    public static int Parts(byte mark) => mark >> 4;

    /// <summary>The mark with another status.</summary>
    public static byte With(byte mark, RecipientStatus status) => Of(status, Parts(mark));
}
